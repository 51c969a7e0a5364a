import { once } from "node:events";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { ValidationFailed } from "../../contracts/errors.ts";
import { MalformedRequest } from "../../contracts/platform.ts";

const MULTIPART = /^multipart\/form-data\b/i;

/** The bytes of a CSV file: the whole body, or the one file of a form. */
export const fileOf = (body: Readable, contentType: string): AsyncIterable<Buffer> =>
	MULTIPART.test(contentType) ? fileOfForm(body, contentType) : body;

/** @throws ValidationFailed unless the form has one file and nothing else, MalformedRequest when it is no form */
async function* fileOfForm(body: Readable, contentType: string): AsyncGenerator<Buffer> {
	const form = openForm(contentType);
	for (const limit of ["fieldsLimit", "filesLimit"]) form.on(limit, () => form.destroy(notOneFile()));
	// What breaks the form is heard from it; the file says the same, perhaps before anybody reads it.
	form.on("file", (_name, file) => file.on("error", () => undefined));
	const passed = pipeline(body, form).catch((error: unknown) => {
		throw "type" in (error as Error) ? error : new MalformedRequest();
	});
	const file = await Promise.race([once(form, "file").then(([, stream]) => stream as Readable), passed]);
	if (file === undefined) throw notOneFile();
	try {
		yield* file as AsyncIterable<Buffer>;
	} catch {
		// A file ends early when its form does, and that says why.
		await passed;
	}
	await passed;
}

function openForm(contentType: string): busboy.Busboy {
	try {
		return busboy({ headers: { "content-type": contentType }, limits: { files: 1, fields: 0 } });
	} catch {
		throw new MalformedRequest();
	}
}

const notOneFile = () =>
	new ValidationFailed({ errors: [{ path: "file", message: "send one file, and no other field of the form" }] });
