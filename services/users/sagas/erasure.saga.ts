import { Parked, saga } from "../../../mixins/saga/saga.ts";
import type { NewSaga, SagaDefinition, SagaRun } from "../../../mixins/saga/saga.ts";
import { call } from "../../contracts/action.ts";
import { ServiceBusy } from "../../contracts/errors.ts";
import { eraseOf } from "../../contracts/privacy.ts";
import { erase } from "../domain/account.ts";
import { ERASED_IN } from "../keepers.ts";
import { findAccount } from "../storage/accounts.ts";
import { forgetPerson, isPersonAwaited } from "../storage/personal-data.ts";
import type { Users } from "../users.context.ts";

interface ErasureData {
	readonly requestedAtMs: number;
}

type ErasureRun = SagaRun<ErasureData>;

/** Sessions that have ended are refused everywhere within five seconds. */
const SESSIONS_FOLLOW_MS = 6_000;
const STEP_TIMEOUT_MS = 15_000;

/**
 * Removes a person from every store. It cannot be refused, only delayed: each step is tried until it is done. Users
 * come last, so that whoever is asked before can still find the account.
 */
export const erasure: SagaDefinition<Users, ErasureData, object> = saga({
	type: "erasure",
	steps: [
		{ name: "wait until nobody acts as the user", run: waitForSessions },
		...ERASED_IN.map((service) => ({ name: `erase in ${service}`, run: eraseIn(service) })),
		{ name: "erase in users", run: eraseHere },
	],
});

export const erasureSaga = (id: string, userId: string, now: Date, correlationId: string | null): NewSaga => ({
	id,
	type: erasure.type,
	subjectId: userId,
	data: { requestedAtMs: now.getTime() } satisfies ErasureData,
	deadlineMs: null,
	correlationId,
});

/** What is written as the user after a service has forgotten him would stay. */
async function waitForSessions(this: Users, { data }: ErasureRun): Promise<void> {
	const untilMs = data.requestedAtMs + SESSIONS_FOLLOW_MS;
	if (this.now().getTime() < untilMs) throw new Parked(untilMs);
}

function eraseIn(service: string) {
	return async function (this: Users, { subjectId: userId, correlationId }: ErasureRun): Promise<void> {
		const operation = { deadlineMs: this.now().getTime() + STEP_TIMEOUT_MS };
		const request = correlationId === null ? {} : { requestID: correlationId };
		const options = { meta: { operation }, timeout: STEP_TIMEOUT_MS, ...request };
		await call(this.broker, eraseOf(service), { userId }, options);
	};
}

/** Facts that name the person are published first: nobody may miss one, and then they go. */
async function eraseHere(this: Users, { id, subjectId: userId, correlationId }: ErasureRun): Promise<void> {
	const account = await findAccount(this.db, userId);
	if (account === undefined || account.standing === "erased") return;

	const now = this.now();
	await this.db.transaction(async (tx) => {
		if (await isPersonAwaited(tx, userId)) throw new ServiceBusy({ retryAfterSeconds: 1 });
		await this.changeIn(tx, { id, requestID: correlationId }, userId, (current) => erase(current, now));
		await forgetPerson(tx, userId, account.email);
	});
}
