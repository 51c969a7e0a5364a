import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isUnchanged } from "../domain/etag.ts";
import type { Answer, Exchange } from "./exchange.context.ts";
import { DOCUMENTATION_HEADERS } from "./security-headers.ts";

const SWAGGER = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

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

/** The documents that are not answers of actions: the OpenAPI document and its reader. */
export interface Pages {
	has(path: string): boolean;
	/** The answer to GET or HEAD of a page, else undefined. */
	answer(exchange: Exchange, ifNoneMatch: string | undefined): Answer | undefined;
	/** Lets the OpenAPI document be built again when it is next asked for. */
	forget(): void;
}

/**
 * Serves a fixed set of paths, so that no path of a request ever names a file.
 *
 * @param openApi builds the document from the routes of this moment
 */
export function pages(openApi: () => object): Pages {
	const sources: Readonly<Record<string, () => Page>> = {
		"/openapi.json": () => page("application/json; charset=utf-8", Buffer.from(JSON.stringify(openApi()))),
		"/api/docs": () => page("text/html; charset=utf-8", Buffer.from(INDEX)),
		"/api-docs": () => page("text/html; charset=utf-8", Buffer.from(INDEX)),
		"/api/docs/start.js": () => page("text/javascript; charset=utf-8", Buffer.from(START)),
		"/api/docs/swagger-ui-bundle.js": () => file("text/javascript; charset=utf-8", "swagger-ui-bundle.js"),
		"/api/docs/swagger-ui.css": () => file("text/css; charset=utf-8", "swagger-ui.css"),
		"/api/docs/favicon-32x32.png": () => file("image/png", "favicon-32x32.png"),
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
		forget: () => made.delete("/openapi.json"),
	};
}

function answerOf({ bytes, etag, headers }: Page, ifNoneMatch: string | undefined): Answer {
	const always = ["ETag", etag, "Cache-Control", "no-cache"];
	if (isUnchanged(ifNoneMatch, etag)) return { status: 304, headers: always };
	return { status: 200, headers: [...always, ...headers], body: bytes, security: DOCUMENTATION_HEADERS };
}

const file = (type: string, name: string): Page => page(type, readFileSync(join(SWAGGER, name)));

function page(type: string, bytes: Buffer): Page {
	return { bytes, etag: `"${hash("sha1", bytes, "base64url")}"`, headers: ["Content-Type", type] };
}
