import type { Effect, Journal } from "./journal.ts";
import type {
	AuthorizeRequest,
	CaptureRequest,
	Outcomes,
	PaymentProvider,
	RefundRequest,
	SeenPage,
	Step,
	VoidRequest,
	Window,
} from "./provider.ts";
import { seenOf } from "./seen-of-effects.ts";
import type { SeenPayment } from "../domain/seen.ts";

/** How late `pm_test_timeout` answers. */
export const LATE_MS = 10_000;
const FAULTS = 2;
const PAGE = 100;
const APPROVED = new Set(["pm_card_visa", "pm_test_timeout", "pm_test_unavailable"]);

interface Hold {
	readonly heldCents: number;
	readonly state: "held" | "captured" | "voided";
	readonly refundedCents: number;
}

export interface TestProviderOptions {
	readonly journal: Journal;
	readonly now: () => Date;
	readonly wait: (delayMs: number) => Promise<void>;
}

/**
 * A provider that behaves by payment method: `pm_card_visa` succeeds, `pm_card_chargeDeclined` is declined,
 * `pm_test_timeout` holds the money at once and answers late, `pm_test_unavailable` fails twice a key (counted by
 * the process) and then succeeds; any other is declined. Its memory is the journal, which is replayed at the start.
 */
export class TestProvider implements PaymentProvider {
	readonly #journal: Journal;
	readonly #now: () => Date;
	readonly #wait: (delayMs: number) => Promise<void>;
	readonly #effects = new Map<string, Effect>();
	readonly #holds = new Map<string, Hold>();
	/** Everything that happened to a hold, by its reference, in the order of the holds. */
	readonly #lives = new Map<string, Effect[]>();
	readonly #faults = new Map<string, number>();

	constructor({ journal, now, wait }: TestProviderOptions) {
		this.#journal = journal;
		this.#now = now;
		this.#wait = wait;
		for (const effect of journal.effects) this.#apply(effect);
	}

	async authorize({ key, amountCents, currency, method }: AuthorizeRequest): Promise<Outcomes["authorize"]> {
		const known = this.#effects.get(key);
		if (known !== undefined) return ANSWERS.authorize(known);
		if (method === "pm_test_unavailable") this.#fail(key);

		if (!APPROVED.has(method)) return this.#decline(key, amountCents, method);
		const reference = `hold:${key}`;
		this.#record({ key, kind: "authorized", reference, amountCents, currency });
		if (method === "pm_test_timeout") await this.#wait(LATE_MS);
		return { status: "authorized", reference };
	}

	async capture({ key, reference, amountCents }: CaptureRequest): Promise<Outcomes["capture"]> {
		if (this.#effects.has(key)) return { status: "captured" };
		const hold = this.#holds.get(reference);
		if (hold?.state !== "held") return { status: "refused", reason: `the hold is ${hold?.state ?? "unknown"}` };
		if (amountCents > hold.heldCents) return { status: "refused", reason: "more than was held" };

		this.#record({ key, kind: "captured", reference, amountCents });
		return { status: "captured" };
	}

	async void({ key, reference }: VoidRequest): Promise<Outcomes["void"]> {
		if (this.#effects.has(key)) return { status: "voided" };
		const hold = this.#holds.get(reference);
		if (hold?.state !== "held") return { status: "refused", reason: `the hold is ${hold?.state ?? "unknown"}` };

		this.#record({ key, kind: "voided", reference, amountCents: hold.heldCents });
		return { status: "voided" };
	}

	async refund({ key, reference, amountCents }: RefundRequest): Promise<Outcomes["refund"]> {
		if (this.#effects.has(key)) return { status: "refunded" };
		const hold = this.#holds.get(reference);
		if (hold?.state !== "captured") return { status: "refused", reason: "nothing was captured" };
		if (hold.refundedCents + amountCents > hold.heldCents)
			return { status: "refused", reason: "more than was captured" };

		this.#record({ key, kind: "refunded", reference, amountCents });
		return { status: "refunded" };
	}

	async find<S extends Step>(step: S, { key }: { readonly key: string }): Promise<Outcomes[S] | undefined> {
		const effect = this.#effects.get(key);
		return effect && ANSWERS[step](effect);
	}

	async look(reference: string): Promise<SeenPayment | undefined> {
		return seenOf(this.#lives.get(reference) ?? []);
	}

	async list({ from, to }: Window, after: string | null): Promise<SeenPage> {
		const holds = [...this.#lives.values()].flatMap((life) => seenOf(life) ?? []);
		const begun = holds.filter(({ begunAt }) => begunAt >= from && begunAt < to);
		const start = after === null ? 0 : begun.findIndex(({ reference }) => reference === after) + 1;
		const rows = begun.slice(start, start + PAGE);
		return { rows, next: start + PAGE < begun.length ? (rows.at(-1)?.reference ?? null) : null };
	}

	#decline(key: string, amountCents: number, method: string): Outcomes["authorize"] {
		const reason = method === "pm_card_chargeDeclined" ? "card_declined" : "unknown payment method";
		this.#record({ key, kind: "declined", reference: null, amountCents, reason });
		return { status: "declined", reason };
	}

	#fail(key: string): void {
		const faults = this.#faults.get(key) ?? 0;
		if (faults === FAULTS) return;
		this.#faults.set(key, faults + 1);
		throw new Error("the test provider is unavailable");
	}

	/** On file first: an effect that nobody can find again did not happen. */
	#record(effect: Omit<Effect, "at">): void {
		const dated = { at: this.#now().toISOString(), ...effect };
		this.#journal.append(dated);
		this.#apply(dated);
	}

	#apply(effect: Effect): void {
		this.#effects.set(effect.key, effect);
		if (effect.reference === null) return;
		this.#holds.set(effect.reference, afterwards(this.#holds.get(effect.reference), effect));
		this.#lives.set(effect.reference, [...(this.#lives.get(effect.reference) ?? []), effect]);
	}
}

const ANSWERS: { readonly [S in Step]: (effect: Effect) => Outcomes[S] } = {
	authorize: ({ reference, reason = "declined" }) =>
		reference === null ? { status: "declined", reason } : { status: "authorized", reference },
	capture: () => ({ status: "captured" }),
	void: () => ({ status: "voided" }),
	refund: () => ({ status: "refunded" }),
};

function afterwards(hold: Hold | undefined, { kind, amountCents }: Effect): Hold {
	const { heldCents, refundedCents } = hold ?? { heldCents: amountCents, refundedCents: 0 };
	if (kind === "captured") return { heldCents: amountCents, state: "captured", refundedCents };
	if (kind === "refunded") return { heldCents, state: "captured", refundedCents: refundedCents + amountCents };
	return { heldCents, state: kind === "voided" ? "voided" : "held", refundedCents };
}
