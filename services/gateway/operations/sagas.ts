import { z } from "zod";
import type { Ctx } from "../../../mixins/define-service.ts";
import { retrySagaOf, SagaNotFound, sagasOf } from "../../contracts/operations.ts";
import type { ListSagas, RetrySaga, Saga } from "../../contracts/operations.ts";
import { ServiceUnavailable } from "../../contracts/platform.ts";
import { Id } from "../../contracts/text.ts";
import type { Gateway } from "../gateway.context.ts";
import { askAll } from "./ask-all.ts";
import { cut, readCursor, writeCursor } from "./cursor.ts";

const DEFAULT_LIMIT = 20;
const Place = z.strictObject({ id: Id });

/** Ids are sorted by the moment they were made, so the lists of several services merge by them. */
export async function listSagas(this: Gateway, ctx: Ctx<typeof ListSagas>) {
	const { service, state, needsAttention, cursor, limit = DEFAULT_LIMIT } = ctx.params;
	const asked = { ...(state && { state }), ...(needsAttention && { needsAttention }) };
	const filter = { ...(service && { service }), ...asked };
	const afterId = cursor === undefined ? null : readCursor(cursor, Place, filter).id;
	const { results, unreachable } = await askAll(
		this,
		ctx,
		sagasOf,
		{ ...asked, afterId, limit: limit + 1 },
		{ service },
	);
	const merged = results.flatMap(({ result }) => result.rows).sort((one, other) => (one.id < other.id ? 1 : -1));
	const { rows, last } = cut(merged, limit);
	return { rows, nextCursor: last === undefined ? null : writeCursor({ id: last.id }, filter), unreachable };
}

/**
 * Asks every service that runs sagas, of which one knows the id.
 *
 * @throws SagaNotFound, ServiceUnavailable when the one that may know it did not answer
 */
export async function retrySaga(this: Gateway, ctx: Ctx<typeof RetrySaga>): Promise<Saga> {
	const { results, unreachable } = await askAll(this, ctx, retrySagaOf, ctx.params);
	const found = results.flatMap(({ result }) => result ?? [])[0];
	if (found !== undefined) return found;
	throw unreachable.length > 0 ? new ServiceUnavailable({ retryAfterSeconds: 1 }) : new SagaNotFound();
}
