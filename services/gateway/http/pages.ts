import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isUnchanged } from "../domain/etag.ts";
import type { Answer, Exchange } from "./exchange.context.ts";
import { DOCUMENTATION_HEADERS } from "./security-headers.ts";

const SWAGGER = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

const ACCOUNT = join(import.meta.dirname, "../../../web/account");

const INDEX = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stoa API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="documentation"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

/** A file of its own, since the content policy allows no script inside a page. */
const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#documentation", deepLinking: true, validatorUrl: null });
`;

interface Page {
	readonly bytes: Buffer;
	readonly etag: string;
	readonly headers: readonly string[];
}

/**
 * What is no answer of an action: the documents of the API and the events, the reader of the first, and the page
 * that the links in mails lead to.
 */
export interface Pages {
	has(path: string): boolean;
	/** The answer to GET or HEAD of a page, else undefined. */
	answer(exchange: Exchange, ifNoneMatch: string | undefined): Answer | undefined;
	/** Lets the documents be built again when they are next asked for. */
	forget(): void;
}

/**
 * Serves a fixed set of paths, so that no path of a request ever names a file.
 *
 * @param documents build each document, by its path, from the registry of this moment
 */
export function pages(documents: Readonly<Record<string, () => object>>): Pages {
	const sources: Readonly<Record<string, () => Page>> = {
		...Object.fromEntries(Object.entries(documents).map(([path, build]) => [path, () => json(build())])),
		"/api/docs": () => page("text/html; charset=utf-8", Buffer.from(INDEX)),
		"/api-docs": () => page("text/html; charset=utf-8", Buffer.from(INDEX)),
		"/api/docs/start.js": () => page("text/javascript; charset=utf-8", Buffer.from(START)),
		"/api/docs/swagger-ui-bundle.js": () => file("text/javascript; charset=utf-8", "swagger-ui-bundle.js"),
		"/api/docs/swagger-ui.css": () => file("text/css; charset=utf-8", "swagger-ui.css"),
		"/api/docs/favicon-32x32.png": () => file("image/png", "favicon-32x32.png"),
		// One page for what the links in mails are for; its script tells them apart by the address.
		"/account/verify-email": () => file("text/html; charset=utf-8", "account.html", ACCOUNT),
		"/account/reset-password": () => file("text/html; charset=utf-8", "account.html", ACCOUNT),
		"/account/invitation": () => file("text/html; charset=utf-8", "account.html", ACCOUNT),
		"/account/account.js": () => file("text/javascript; charset=utf-8", "account.js", ACCOUNT),
		"/account/account.css": () => file("text/css; charset=utf-8", "account.css", ACCOUNT),
	};
	const made = new Map<string, Page>();

	return {
		has: (path) => Object.hasOwn(sources, path),
		answer({ method, path }, ifNoneMatch) {
			if (!Object.hasOwn(sources, path) || (method !== "GET" && method !== "HEAD")) return undefined;
			const found = made.get(path) ?? sources[path]?.();
			if (found === undefined) return undefined;
			made.set(path, found);
			return answerOf(found, ifNoneMatch);
		},
		forget() {
			for (const path of Object.keys(documents)) made.delete(path);
		},
	};
}

function answerOf({ bytes, etag, headers }: Page, ifNoneMatch: string | undefined): Answer {
	const always = ["ETag", etag, "Cache-Control", "no-cache"];
	if (isUnchanged(ifNoneMatch, etag)) return { status: 304, headers: always };
	return { status: 200, headers: [...always, ...headers], body: bytes, security: DOCUMENTATION_HEADERS };
}

const file = (type: string, name: string, folder = SWAGGER): Page => page(type, readFileSync(join(folder, name)));

const json = (document: object): Page => page("application/json; charset=utf-8", Buffer.from(JSON.stringify(document)));

function page(type: string, bytes: Buffer): Page {
	return { bytes, etag: `"${hash("sha1", bytes, "base64url")}"`, headers: ["Content-Type", type] };
}
