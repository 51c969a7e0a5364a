import type { Saga } from "../../services/contracts/operations.ts";
import { statement } from "../sql/database.ts";
import type { Queryable } from "../sql/database.ts";
import { iso, timelineWith } from "./saga-store.ts";
import type { SagaState } from "./saga.ts";

/** A saga as stored; which steps its type has only the code knows. */
export type SagaRow = Omit<Saga, "service" | "steps">;

/** In trouble for too long, or due and taken by nobody: an owner looks for due sagas once a second. */
export const NEEDS_ATTENTION = `state <> 'done'
	and (needs_attention or greatest(next_run_at, lease_until) < now() - interval '1 minute')`;

const COLUMNS = `id, type, subject_id as "subjectId", state, (${NEEDS_ATTENTION}) as "needsAttention", attempts,
	last_error as "lastError", step, owner, fence::integer, ${iso("lease_until")} as "leaseUntil",
	${iso("next_run_at")} as "nextRunAt", ${iso("deadline_at")} as "deadlineAt", ${iso("created_at")} as "createdAt",
	${iso("finished_at")} as "finishedAt", timeline`;

/** Open sagas are few, and found by their own index: by id, the statement would read past all that are done. */
const OPEN = statement<SagaRow>(
	"sagas.open",
	`with open as materialized (
		select * from sagas where state <> 'done'
	)
	select ${COLUMNS} from open
	where ($1::uuid is null or id < $1) and ($2::text is null or state = $2)
		and ($3::boolean is null or (${NEEDS_ATTENTION}) = $3)
	order by id desc limit $4`,
);

const DONE = statement<SagaRow>(
	"sagas.ended",
	`select ${COLUMNS} from sagas where state = 'done' and ($1::uuid is null or id < $1) order by id desc limit $2`,
);

const RETRY = statement<SagaRow>(
	"sagas.retry",
	`update sagas set next_run_at = least(next_run_at, now()), timeline = ${timelineWith("retried", { by: "$2::text" })}
	where id = $1 and state <> 'done' returning ${COLUMNS}`,
);

export interface SagaFilter {
	/** Undefined for all that are open. */
	readonly state: SagaState | undefined;
	readonly needsAttention: boolean | undefined;
	readonly afterId: string | null;
	readonly limit: number;
}

/** Sagas below an id, newest first, with what happened to them. */
export async function findSagas(db: Queryable, filter: SagaFilter): Promise<SagaRow[]> {
	const { state, needsAttention, afterId, limit } = filter;
	if (state !== "done") {
		return (await db.query(OPEN, [afterId, state ?? null, needsAttention ?? null, limit])).map(framed);
	}
	return needsAttention === true ? [] : (await db.query(DONE, [afterId, limit])).map(framed);
}

/** Makes an open saga due; one that is being run keeps its owner. */
export async function retrySaga(db: Queryable, id: string, by: string): Promise<SagaRow | undefined> {
	const [row] = await db.query(RETRY, [id, by]);
	return row && framed(row);
}

/** The timeline between the two moments that need no entry of their own. */
function framed(row: SagaRow): SagaRow {
	const { createdAt, finishedAt, owner, attempts, fence, timeline } = row;
	const plain = { step: null, error: null, by: owner };
	const started = { ...plain, at: createdAt, event: "started" as const, by: firstOwner(row), attempts: 0, fence: 1 };
	const finished = { ...plain, at: finishedAt ?? "", event: "finished" as const, attempts, fence };
	return { ...row, timeline: [started, ...timeline, ...(finishedAt === null ? [] : [finished])] };
}

/** Only the last owner is stored: who began is told where nobody has taken over since. */
const firstOwner = ({ fence, owner }: SagaRow): string => (fence === 1 ? owner : "an earlier owner");
