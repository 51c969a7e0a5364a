import { createHash } from "node:crypto";
import type { Ctx } from "../../../mixins/define-service.ts";
import { uploaded } from "../../../mixins/uploads.ts";
import type { ImportProducts } from "../../contracts/imports.ts";
import { columnsOf } from "../domain/csv/header.ts";
import type { Products } from "../products.context.ts";
import { dropParts, keepPart } from "../storage/import-parts.ts";
import { csvRows, headerOf } from "./csv-rows.ts";
import { decodedStart } from "./decoded.ts";
import { fileOf } from "./uploaded-file.ts";

/** Small enough that reading one does not keep other requests waiting. */
const PART_BYTES = 131_072;

/** A file that lies in the database, as the parts of an import. */
export interface ReceivedFile {
	readonly id: string;
	readonly bytes: number;
	/** Of its bytes: tells two files apart. */
	readonly digest: string;
}

/**
 * Keeps the file that a client sends, part by part, at the pace of the database. Its header is read on the way, so that
 * a file that cannot be imported is refused before it was sent.
 *
 * @throws ValidationFailed for the header, and what an upload may fail with
 */
export async function receiveFile(products: Products, ctx: Ctx<typeof ImportProducts>): Promise<ReceivedFile> {
	const { upload } = ctx.params;
	const id = products.newId();
	try {
		return { id, ...(await keepFile(products, id, fileOf(uploaded(ctx, upload), upload.contentType))) };
	} catch (error) {
		await dropParts(products.db, id);
		throw error;
	}
}

async function keepFile(products: Products, id: string, chunks: AsyncIterable<Buffer>) {
	const digest = createHash("sha256");
	let [parts, bytes] = [0, 0];
	for await (const part of inParts(chunks)) {
		if (parts === 0) await expectHeader(products, part);
		await keepPart(products.db, id, parts, part);
		digest.update(part);
		parts += 1;
		bytes += part.length;
	}
	if (parts === 0) columnsOf([]);
	return { bytes, digest: digest.digest("hex") };
}

async function expectHeader({ config }: Products, start: Buffer): Promise<void> {
	for await (const rows of csvRows([decodedStart(start)], config.csvDelimiter, 1)) {
		columnsOf(headerOf(rows));
		return;
	}
	columnsOf([]);
}

async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let waiting: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of chunks) {
		waiting.push(chunk);
		bytes += chunk.length;
		if (bytes < PART_BYTES) continue;
		yield Buffer.concat(waiting);
		[waiting, bytes] = [[], 0];
	}
	if (bytes > 0) yield Buffer.concat(waiting);
}
