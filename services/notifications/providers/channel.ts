import type { Attempt, Sent } from "../domain/attempt.ts";
import { admits, CLOSED, faulted } from "../domain/breaker.ts";
import type { Breaker } from "../domain/breaker.ts";
import { ProviderFault } from "./provider.ts";
import type { Letter, Provider } from "./provider.ts";

/** What came of a letter; for one that was sent, without what only its writer knows. */
export type Posted =
	| ({ readonly outcome: "sent" } & Pick<Sent, "provider" | "reference">)
	| { readonly outcome: "bounced"; readonly reason: string; readonly detail: string }
	| { readonly outcome: "refused" | "deferred"; readonly reason: string; readonly detail: string }
	| Extract<Attempt, { outcome: "postponed" }>;

/** Longer than a provider takes that answers at all. */
const TIMEOUT_MS = 25_000;

interface Carrier {
	readonly provider: Provider;
	breaker: Breaker;
}

/**
 * The providers of one channel, in the order they are preferred. The next one is asked when one does not take a
 * letter; one that is out of order is left alone for a while, and costs nobody a wait or a try.
 */
export class ChannelOfProviders {
	readonly #carriers: readonly Carrier[];

	constructor(providers: readonly Provider[]) {
		this.#carriers = providers.map((provider) => ({ provider, breaker: CLOSED }));
	}

	/** How many letters may be on their way, of so many at most. */
	room(most: number, nowMs: number): number {
		const answers = this.#carriers.map(({ breaker }) => admits(breaker, nowMs));
		if (answers.includes("all") || answers.length === 0) return most;
		return answers.includes("one") ? 1 : 0;
	}

	async post(letter: Letter, now: () => Date): Promise<Posted> {
		if (this.#carriers.length === 0) return NOT_CONFIGURED;
		const faults: ProviderFault[] = [];
		for (const carrier of this.#carriers) {
			if (admits(carrier.breaker, now().getTime()) === "none") continue;
			const answer = await asked(carrier, letter, now);
			if (!(answer instanceof ProviderFault)) return answer;
			if (answer.kind === "bounced") return { outcome: "bounced", reason: answer.reason, detail: answer.message };
			faults.push(answer);
		}
		return this.#summary(faults, now());
	}

	close(): void {
		for (const { provider } of this.#carriers) provider.close();
	}

	/** Whoever may take it later outweighs whoever will not. */
	#summary(faults: readonly ProviderFault[], now: Date): Posted {
		const last = faults.find(({ kind }) => kind !== "refused") ?? faults.at(-1);
		if (last === undefined) return { outcome: "postponed", until: this.#nextTry(now) };
		if (last.kind === "refused") return { outcome: "refused", reason: last.reason, detail: last.message };
		return { outcome: "deferred", reason: "RETRIES_EXHAUSTED", detail: last.message };
	}

	#nextTry(now: Date): Date {
		const rests = this.#carriers.map(({ breaker }) => breaker.restsUntilMs);
		return new Date(Math.max(Math.min(...rests), now.getTime() + 1_000));
	}
}

const NOT_CONFIGURED: Posted = {
	outcome: "refused",
	reason: "CHANNEL_NOT_CONFIGURED",
	detail: "No provider of this channel is configured; .env.example names the variables.",
};

async function asked(carrier: Carrier, letter: Letter, now: () => Date): Promise<Posted | ProviderFault> {
	const { provider } = carrier;
	try {
		const reference = await within(provider.send(letter), provider.name);
		carrier.breaker = CLOSED;
		return { outcome: "sent", provider: provider.name, reference };
	} catch (error) {
		const fault = error instanceof ProviderFault ? error : new ProviderFault("deferred", "FAULT", String(error));
		carrier.breaker = fault.kind === "down" ? faulted(carrier.breaker, now().getTime()) : CLOSED;
		return fault;
	}
}

/** What a provider still does after that is lost to us: the notification may arrive twice, under the same name. */
async function within<T>(work: Promise<T>, name: string): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		const fault = new ProviderFault("down", "TIMED_OUT", `${name} did not answer within ${TIMEOUT_MS} ms`);
		timer = setTimeout(() => reject(fault), TIMEOUT_MS);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}
