import { openJournal } from "./journal.ts";
import { authorizing } from "./requests.fixture.ts";
import { TestProvider } from "./test-provider.ts";

/** A process that authorizes without end and prints each key once it is answered; it waits to be killed. */
const provider = new TestProvider({
	journal: openJournal(process.argv[2] ?? ""),
	now: () => new Date(),
	wait: () => Promise.resolve(),
});

for (let count = 0; ; count += 1) {
	const key = `p${count}:authorize`;
	await provider.authorize(authorizing(key));
	await new Promise((written) => process.stdout.write(`${key}\n`, written));
}
