import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";
import { openHome } from "../laptop/home.ts";
import { startProvider } from "../provider/provider-server.ts";

const Environment = z.object({
	PAYMENT_PROVIDER_PORT: z.coerce.number().int().min(0).max(65_535).default(3010),
	PAYMENT_TEST_JOURNAL: z.string().optional(),
});

const OPTIONS = {
	late: { type: "string", default: "0" },
	"late-ms": { type: "string", default: "10000" },
	seed: { type: "string", default: "1" },
} as const;

/**
 * Runs the test payment provider as a server, for several payments nodes: set PAYMENT_PROVIDER_URL there.
 * `--late 0.1 --seed 7` charges, and then answers too late, one request in ten.
 */
export async function run(parameters: readonly string[]): Promise<void> {
	const { values } = parseArgs({ args: [...parameters], options: OPTIONS });
	const { PAYMENT_PROVIDER_PORT: port, PAYMENT_TEST_JOURNAL: journal } = readConfig(Environment, process.env);
	const file = journal ?? join(openHome(process.env), "payments", "test-provider.jsonl");
	const late = { lateRatio: Number(values.late), lateMs: Number(values["late-ms"]), seed: Number(values.seed) };
	const { url, stop } = await startProvider({ file, port, ...late });
	for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void stop().then(() => process.exit(0)));
	console.log(`The test payment provider listens on ${url}; its journal is ${file}.`);
}
