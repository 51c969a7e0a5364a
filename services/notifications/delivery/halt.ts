import type { Attempt } from "../domain/attempt.ts";

/** Ends an attempt before anything is sent, with what is to become of its notification. */
export class Halt extends Error {
	readonly attempt: Exclude<Attempt, { outcome: "sent" }>;

	constructor(attempt: Halt["attempt"]) {
		super(`The attempt ends as ${attempt.outcome}.`);
		this.name = "Halt";
		this.attempt = attempt;
	}
}
