import { Buffer } from "node:buffer";
import type { ServiceSchema } from "moleculer";
import { z } from "zod";
import { action, defineService } from "../../mixins/define-service.ts";
import type { Ctx } from "../../mixins/define-service.ts";
import { uploaded } from "../../mixins/uploads.ts";
import { defineAction } from "../contracts/action.ts";
import { FilePart, part, rawBody, Upload } from "../contracts/bodies.ts";
import { OPEN } from "../contracts/policy.ts";

export const UPLOAD_LIMIT_BYTES = 4 * 1024 * 1024;
export const RAW_LIMIT_BYTES = 2_000;
export const PART_BYTES = 256 * 1024;

const Receive = defineAction("files.receive", {
	summary: "A body as it came.",
	params: z.strictObject(rawBody),
	result: z.object({ raw: z.string(), headers: z.record(z.string(), z.string()) }),
});
const Store = defineAction("files.store", {
	summary: "A body, bit by bit.",
	params: z.strictObject({ upload: Upload, mode: z.enum(["whole", "first", "nothing"]).default("whole") }),
	result: z.object({ bytes: z.int(), contentType: z.string() }),
});
const Fetch = defineAction("files.fetch", {
	summary: "A file of so many parts.",
	params: z.strictObject({ parts: z.coerce.number().int(), failAt: z.coerce.number().int().optional(), part }),
	result: FilePart,
});

/** What the service has done, for the spec to look at. */
export interface FilesSeen {
	bytesRead: number;
	partsMade: number;
	/** Awaited before each bit of an upload is taken. */
	pause: () => Promise<void>;
}

/** A service with a route of each form that is not JSON. */
export function files(seen: FilesSeen): ServiceSchema {
	return defineService({
		name: "files",
		actions: {
			receive: action(Receive, { rest: "POST /files/raw", policy: OPEN, body: RAW }, receive),
			store: action(Store, { rest: "POST /files", policy: OPEN, body: STREAM, timeout: 60_000 }, (ctx) =>
				store(seen, ctx),
			),
			fetch: action(Fetch, { rest: "GET /files", policy: OPEN, download: DOWNLOAD }, (ctx) => fetchPart(seen, ctx)),
		},
	});
}

const RAW = {
	as: "raw",
	accepts: ["application/json", "text/csv"],
	headers: ["x-signature"],
	maxBytes: RAW_LIMIT_BYTES,
} as const;
const STREAM = { as: "stream", accepts: ["text/csv"], maxBytes: UPLOAD_LIMIT_BYTES } as const;
const DOWNLOAD = { type: "text/csv; charset=utf-8", fileName: "file.csv" };

async function receive(ctx: Ctx<typeof Receive>) {
	return ctx.params;
}

async function store(seen: FilesSeen, ctx: Ctx<typeof Store>) {
	const { upload, mode } = ctx.params;
	let bytes = 0;
	for await (const chunk of mode === "nothing" ? [] : uploaded(ctx, upload)) {
		bytes += (chunk as Buffer).length;
		seen.bytesRead = bytes;
		if (mode === "first") break;
		await seen.pause();
	}
	return { bytes, contentType: upload.contentType };
}

async function fetchPart(seen: FilesSeen, { params }: Ctx<typeof Fetch>): Promise<FilePart> {
	const index = Number(params.part ?? 0);
	if (index === params.failAt) throw new Error("no such row");
	seen.partsMade += 1;
	const next = index + 1 < params.parts ? String(index + 1) : null;
	const chunk = Buffer.alloc(PART_BYTES, String(index % 10));
	return index % 2 === 0
		? { chunk: chunk.toString(), next }
		: { chunk: chunk.toString("base64"), encoding: "base64", next };
}
