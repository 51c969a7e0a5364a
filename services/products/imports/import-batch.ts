import type { Cause } from "../../../mixins/events/outbox.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { ImportColumn, RowError } from "../../contracts/imports.ts";
import { readRow } from "../domain/csv/cells.ts";
import type { CellProblem, ReadRow } from "../domain/csv/cells.ts";
import { judgeRow } from "../domain/judge-row.ts";
import type { Verdict } from "../domain/judge-row.ts";
import type { Products } from "../products.context.ts";
import { categoriesByName, claimSkus, productsBySku } from "../storage/import-rows.ts";
import { writeVerdicts } from "../storage/import-writes.ts";
import type { Advance, ImportJob } from "../storage/import.store.ts";
import type { CsvRow } from "./csv-rows.ts";

/** Rows that are decided and written together. */
export interface Batch {
	readonly columns: readonly ImportColumn[];
	readonly rows: readonly CsvRow[];
	readonly consumedBytes: number;
}

interface Read {
	readonly line: number;
	readonly row: ReadRow | readonly CellProblem[];
}

const REPEATED: CellProblem = {
	column: "sku",
	code: "SKU_REPEATED",
	message: "stands in an earlier row of this file; only that one counts",
};

/** Decides the rows of a batch one by one, and writes what they change; a trial run writes nothing of it. */
export async function importBatch(products: Products, tx: Queryable, job: ImportJob, batch: Batch): Promise<Advance> {
	const read = batch.rows.map((row) => ({ line: row.line, row: readCells(batch.columns, row) }));
	const verdicts = await judged(products, tx, job, read);
	const { currency } = products.config;
	const cause: Cause = { id: job.id, requestID: job.requestId };
	const writing = { cause, currency, newId: () => products.newId(), reason: `import ${job.id}` };
	if (!job.isDryRun) await writeVerdicts(tx, verdicts, writing);

	const errors = verdicts.flatMap((verdict, index) => errorsOf(verdict, read[index]?.line ?? 0));
	const count = (kind: Verdict["kind"]) => verdicts.filter((verdict) => verdict.kind === kind).length;
	const tally = {
		...{ created: count("created"), updated: count("updated") },
		...{ unchanged: count("unchanged"), invalid: count("invalid") },
	};
	const changed = verdicts.flatMap((verdict) => ("decision" in verdict ? verdict.decision.state.id : []));
	return { ...tally, errors, changedIds: job.isDryRun ? [] : changed, consumedBytes: batch.consumedBytes };
}

function readCells(columns: readonly ImportColumn[], { cells }: CsvRow): ReadRow | CellProblem[] {
	return Array.isArray(cells) ? readRow(columns, cells as readonly string[]) : [cells as CellProblem];
}

const isSound = (row: Read["row"]): row is ReadRow => !Array.isArray(row);

/** Only rows that can be read take their SKU, so that a correct one after them still counts. */
async function judged(products: Products, tx: Queryable, job: ImportJob, read: readonly Read[]): Promise<Verdict[]> {
	const { currency } = products.config;
	const sound = read.map(({ row }) => row).filter(isSound);
	const skus = sound.map(({ sku }) => sku);
	const fresh = await claimSkus(tx, job.id, skus);
	const known = await productsBySku(tx, skus, { isHolding: !job.isDryRun, currency });
	const categories = await categoriesByName(tx, [...new Set(sound.flatMap(({ category }) => category ?? []))]);
	const shared = { now: products.now(), currency, categories, author: job.author };

	let position = -1;
	return read.map(({ row }): Verdict => {
		if (!isSound(row)) return { kind: "invalid", problems: row };
		position += 1;
		if (!fresh.has(position)) return { kind: "invalid", problems: [REPEATED] };
		return judgeRow(row, { ...shared, existing: known.get(position), newId: products.newId() });
	});
}

const errorsOf = (verdict: Verdict, line: number): RowError[] =>
	verdict.kind === "invalid" ? verdict.problems.map((problem) => ({ line, ...problem })) : [];
