import { setTimeout as wait } from "node:timers/promises";
import { createHash } from "node:crypto";
import type { Ctx } from "../../../mixins/define-service.ts";
import { claim, complete, operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import { Unauthenticated } from "../../contracts/errors.ts";
import { ImportNotFound } from "../../contracts/imports.ts";
import type { Import, ImportProducts } from "../../contracts/imports.ts";
import { receiveFile } from "../imports/receive-file.ts";
import type { ReceivedFile } from "../imports/receive-file.ts";
import type { Products } from "../products.context.ts";
import { dropParts } from "../storage/import-parts.ts";
import { findImport, insertImport } from "../storage/import.store.ts";
import type { NewImport } from "../storage/import.store.ts";

type ImportCtx = Ctx<typeof ImportProducts>;

/** So long a client is kept waiting for the report; a longer import goes on without him. */
const ANSWER_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 25;

/** Takes a file in, and answers with its report: 201 when it is done, 202 while it goes on. */
export async function importProducts(this: Products, ctx: ImportCtx): Promise<Import> {
	const given = operationOf(ctx);
	const file = await receiveFile(this, ctx);
	const operation = given && { ...given, fingerprint: fingerprintOf(file, ctx) };
	const job = jobOf(ctx, file, operation);

	const isNew = await this.db.transaction(async (tx) => {
		if (operation !== undefined && !(await claim(tx, operation))) return false;
		await insertImport(tx, job);
		return true;
	});
	if (!isNew && operation !== undefined) return repeated(this, ctx, file, operation);

	this.wakeImports();
	const report = await reportOf(this, file.id);
	return report.status === "processing" ? answerLater(this, ctx, operation, report) : report;
}

/** The same file for the same purpose, whatever its upload was called. */
const fingerprintOf = ({ digest }: ReceivedFile, { params }: ImportCtx): string =>
	createHash("sha256")
		.update(`${digest} ${params.dryRun === true}`)
		.digest("hex");

function jobOf(ctx: ImportCtx, file: ReceivedFile, operation: KeyedOperation | undefined): NewImport {
	const { principal } = ctx.meta;
	if (principal === undefined || principal.kind === "service") throw new Unauthenticated();
	const { id, bytes } = file;
	return {
		...{ id, bytes, author: { userId: principal.userId, role: principal.role } },
		...{ isDryRun: ctx.params.dryRun === true, operationKey: operation?.key ?? null, requestId: ctx.requestID },
	};
}

async function repeated(products: Products, ctx: ImportCtx, file: ReceivedFile, operation: KeyedOperation) {
	await dropParts(products.db, file.id);
	return replay<Import>(ctx, await replayOf(products.db, operation));
}

/** How an import is when it is done, or when nobody should wait any longer. */
async function reportOf(products: Products, id: string): Promise<Import> {
	const endMs = performance.now() + ANSWER_WITHIN_MS;
	for (;;) {
		const report = await findImport(products.db, id, null);
		if (report === undefined) throw new ImportNotFound();
		if (report.status !== "processing" || performance.now() > endMs) return report;
		await wait(LOOK_EVERY_MS);
	}
}

/** That it goes on is the answer from now on, unless it has ended a moment before. */
async function answerLater(
	products: Products,
	ctx: ImportCtx,
	operation: KeyedOperation | undefined,
	report: Import,
): Promise<Import> {
	if (operation !== undefined) {
		await complete(products.db, operation.key, 202, JSON.stringify(report));
		const stored = await replayOf(products.db, operation);
		if (stored.status !== 202) return replay(ctx, stored);
	}
	ctx.meta.$statusCode = 202;
	return report;
}
