import type { IncomingMessage } from "node:http";
import { UploadEnded } from "../../contracts/bodies.ts";
import { BodyTooLarge } from "../../contracts/errors.ts";
import { MalformedRequest, RequestTimedOut } from "../../contracts/platform.ts";
import { within } from "../within.ts";
import { BODY_PATIENCE_MS } from "./body.ts";

/** Bodies that services read bit by bit, while their clients send them. */
export interface Uploads {
	/** Lets the body of a request be read by the id that this gives. */
	open(req: IncomingMessage, limitBytes: number): string;
	/** The next bytes, as soon as there are any; undefined at the end. @throws UploadEnded when it was closed */
	next(id: string): Promise<Buffer | undefined>;
	/** Once the request is answered. */
	close(id: string): void;
}

interface Upload {
	readonly req: IncomingMessage;
	readonly chunks: AsyncIterator<Buffer, undefined>;
	readonly limitBytes: number;
	bytes: number;
}

/**
 * Nothing is read from a client before somebody asks for it, so a slow reader slows the client down and nothing piles
 * up between them.
 *
 * @param newId of an upload: who knows it may read it
 * @param patienceMs for the next bytes of a client
 */
export function uploads(newId: () => string, patienceMs = BODY_PATIENCE_MS): Uploads {
	const open = new Map<string, Upload>();

	return {
		open(req, limitBytes) {
			const id = newId();
			open.set(id, { req, chunks: req.iterator({ destroyOnReturn: false }), limitBytes, bytes: 0 });
			return id;
		},
		async next(id) {
			const upload = open.get(id);
			if (upload === undefined) throw new UploadEnded();
			const { value } = await within(patienceMs, upload.chunks.next().catch(brokenOff), () => new RequestTimedOut());
			upload.bytes += value?.length ?? 0;
			if (upload.bytes > upload.limitBytes) throw new BodyTooLarge({ limitBytes: upload.limitBytes });
			return value;
		},
		close(id) {
			const upload = open.get(id);
			open.delete(id);
			// The request is given back as it was, so that the rest of it can be dropped.
			void upload?.chunks.return?.().then(() => upload.req.resume());
		},
	};
}

function brokenOff(): never {
	throw new MalformedRequest();
}
