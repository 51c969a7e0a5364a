import { z } from "zod";
import { defineAction } from "./action.ts";
import { BodyTooLarge, defineError } from "./errors.ts";
import { MalformedRequest, RequestTimedOut } from "./platform.ts";
import { text } from "./text.ts";

/** Parameters of an action that is published with `body: { as: "raw" }`: the bytes as they came, for a signature. */
export const rawBody = {
	raw: z.base64(),
	/** Those that the publication names, in lower case. */
	headers: z.record(z.string(), z.string()),
};

/**
 * The parameter `upload` of an action that is published with `body: { as: "stream" }`: where its bytes wait. They are
 * taken with `uploaded` of mixins/uploads.ts, at the pace of whoever reads them.
 */
export const Upload = z.strictObject({ id: text(100), node: text(200), contentType: text(200) });
export type Upload = z.output<typeof Upload>;

/** Between services only. */
export const UploadEnded = defineError(
	"UPLOAD_ENDED",
	404,
	"This upload is over: its request was answered. Read it before the action returns.",
);

/** Asked of the gateway's node that has the client; `chunk` is base64, and null after the last. */
export const ReadUpload = defineAction("gateway.readUpload", {
	summary: "The next bytes of a body that a client is sending.",
	params: z.strictObject({ id: text(100) }),
	result: z.object({ chunk: z.string().nullable() }),
	errors: [UploadEnded, BodyTooLarge, RequestTimedOut, MalformedRequest],
	callers: ["products"],
});

/**
 * Parameter of an action that is published with `download`: where it goes on. The first part is asked for without it,
 * and clients cannot send it.
 */
export const part = text(2_000).optional();

/** Result of such an action: one part of the file (some 64 kB), and where the next one begins; null after the last. */
export const FilePart = z.object({
	chunk: z.string(),
	/** How `chunk` is written; as it is unless told. */
	encoding: z.literal("base64").optional(),
	next: z.string().nullable(),
});
export type FilePart = z.output<typeof FilePart>;

export const BODY_ACTIONS = [ReadUpload];
