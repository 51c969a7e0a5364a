import type { ResultOf } from "../../services/contracts/action.ts";
import type { Integrity } from "../../services/contracts/integrity.ts";
import type { ListDeadLetters, ListSagas, Saga } from "../../services/contracts/operations.ts";

type DeadLetters = ResultOf<typeof ListDeadLetters>;
type Sagas = ResultOf<typeof ListSagas>;

const unreachableLines = (unreachable: readonly string[]): string[] =>
	unreachable.length === 0 ? [] : [`Not asked, for they cannot be reached: ${unreachable.join(", ")}.`];

const moreLine = (nextCursor: string | null): string[] => (nextCursor === null ? [] : ["There are more."]);

export function deadLetterLines({ rows, nextCursor, unreachable }: DeadLetters): string[] {
	const told = rows.flatMap(({ id, consumer, event, aggregate, attempts, error, since }) => [
		id,
		`  ${event} of ${aggregate.type} ${aggregate.id} at ${consumer}, given up ${since} after ${attempts} tries`,
		`  ${error}`,
	]);
	return [
		...(told.length === 0 ? ["No dead letters."] : told),
		...moreLine(nextCursor),
		...unreachableLines(unreachable),
	];
}

export function sagaLines({ rows, nextCursor, unreachable }: Sagas): string[] {
	const told = rows.flatMap(linesOf);
	return [
		...(told.length === 0 ? ["No open sagas."] : told),
		...moreLine(nextCursor),
		...unreachableLines(unreachable),
	];
}

function linesOf(saga: Saga): string[] {
	const { id, service, type, subjectId, state, step, attempts, nextRunAt, owner, fence, lastError } = saga;
	const where = step === null ? "" : ` at "${step}"`;
	return [
		`${id}${saga.needsAttention ? "  NEEDS ATTENTION" : ""}`,
		`  ${service} ${type} of ${subjectId} is ${state}${where}; ${attempts} faults in a row, next run ${nextRunAt}`,
		`  owner ${owner}, fence ${fence}${lastError === null ? "" : `; ${lastError}`}`,
		...saga.timeline.map(({ at, event, by, step: reached, error }) =>
			["   ", at, event, `by ${by}`, reached ?? "", error ?? ""].filter(Boolean).join(" "),
		),
	];
}

export function integrityLines({ isClean, findings, services, unreachable }: ResultOf<typeof Integrity>): string[] {
	const checked = services.reduce((sum, service) => sum + service.checked, 0);
	const partial = services.filter(({ isComplete }) => !isComplete).map(({ name }) => name);
	const unchecked = services.flatMap(({ name, unchecked: missed }) =>
		missed.map(({ audit, reason }) => `${name} could not look at ${audit}: ${reason}`),
	);
	return [
		isClean ? `All ${checked} things that were looked at add up.` : `${findings.length} findings in ${checked} things.`,
		...findings.map(
			({ service, kind, subject, detail, since }) => `${service} ${kind}, ${subject}: ${detail} (since ${since})`,
		),
		...unchecked,
		...(partial.length === 0 ? [] : [`More than could be looked at in time: ${partial.join(", ")}.`]),
		...unreachableLines(unreachable),
	];
}
