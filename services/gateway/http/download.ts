import { once } from "node:events";
import type { FilePart } from "../../contracts/bodies.ts";
import type { Gateway, PublishedAction, Request, Response } from "../gateway.context.ts";
import { fieldsOf } from "./fields.ts";

/** A client that takes nothing for so long is cut off. */
const PATIENCE_MS = 30_000;
const STATUS = 200;

/**
 * Answers with a file, part by part. The next one is asked for when the client has taken the last, so a slow client
 * costs no memory here or there; another node may give it. Of a file whose making fails the client gets no end, which
 * says that it is not whole.
 *
 * @param action with a `download`
 * @param first part of the file
 */
export async function download(
	gateway: Gateway,
	req: Request,
	res: Response,
	action: PublishedAction,
	first: FilePart,
) {
	const { type = "application/octet-stream", fileName = "download" } = action.download ?? {};
	const disposition = `attachment; filename="${fileName}"`;
	const headers = ["Content-Type", type, "Content-Disposition", disposition, "Cache-Control", "no-store"];
	res.writeHead(STATUS, fieldsOf(gateway, req, headers));
	try {
		if (req.method !== "HEAD") await sendParts(req, res, action.name, first);
		res.end();
	} catch (error) {
		gateway.logger.error(`Request ${req.exchange.requestId} (${action.name}) broke off its file:`, error);
		res.destroy();
	}
	gateway.requestLog.write(req.exchange, STATUS);
}

async function sendParts(req: Request, res: Response, name: string, first: FilePart): Promise<void> {
	let part = first;
	while ((await isTaken(res, bytesOf(part))) && part.next !== null) {
		part = await req.$ctx.call<FilePart, object>(name, { ...(req.$params as object), part: part.next });
	}
}

const bytesOf = ({ chunk, encoding }: FilePart): Buffer => Buffer.from(chunk, encoding ?? "utf8");

/** False when the client has gone, or is cut off. */
async function isTaken(res: Response, bytes: Buffer): Promise<boolean> {
	if (res.destroyed) return false;
	if (res.write(bytes)) return true;
	const over = new AbortController();
	const signal = AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE_MS)]);
	try {
		const drained = once(res, "drain", { signal }).then(() => true);
		return await Promise.race([drained, once(res, "close", { signal }).then(() => false)]);
	} catch {
		res.destroy();
		return false;
	} finally {
		over.abort();
	}
}
