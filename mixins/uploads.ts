import { Readable } from "node:stream";
import type { Context } from "moleculer";
import { call } from "../services/contracts/action.ts";
import { ReadUpload } from "../services/contracts/bodies.ts";
import type { Upload } from "../services/contracts/bodies.ts";

/**
 * The bytes that a client is sending to the gateway. The gateway takes the next ones from him only when the last were
 * read here: Moleculer's own streams do not wait, and would keep in memory what a slow reader has not taken.
 *
 * It fails with BodyTooLarge, with RequestTimedOut when the client sends nothing for 30 s, and with
 * MalformedRequest when he breaks off.
 */
export const uploaded = (ctx: Context, upload: Upload): Readable =>
	Readable.from(chunksOf(ctx, upload), { objectMode: false });

/** The deadline of a request is for its beginning; a slow client may go on after it. */
const BEGUN = { operation: { deadlineMs: Number.MAX_SAFE_INTEGER } };

async function* chunksOf(ctx: Context, { id, node }: Upload): AsyncGenerator<Buffer> {
	for (;;) {
		const { chunk } = await call(ctx, ReadUpload, { id }, { nodeID: node, meta: BEGUN });
		if (chunk === null) return;
		yield Buffer.from(chunk, "base64");
	}
}
