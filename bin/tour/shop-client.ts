/** An answer of the REST interface. */
export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	/** The body as it was sent, for comparing replays byte for byte. */
	readonly text: string;
	readonly body: Readonly<Record<string, unknown>>;
}

export interface RequestOptions {
	readonly token?: string | undefined;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	/** Gives up when it is aborted. */
	readonly signal?: AbortSignal;
}

/** Sends one request to the gateway. @throws when it cannot be reached */
export async function send(
	gateway: string,
	method: string,
	path: string,
	{ token, body, headers = {}, signal }: RequestOptions = {},
): Promise<Answer> {
	const response = await fetch(gateway + path, {
		method,
		headers: {
			...(body !== undefined && { "content-type": "application/json" }),
			...(token !== undefined && { authorization: `Bearer ${token}` }),
			...headers,
		},
		...(body !== undefined && { body: JSON.stringify(body) }),
		...(signal !== undefined && { signal }),
	});
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): Answer["body"] {
	try {
		return text === "" ? {} : (JSON.parse(text) as Answer["body"]);
	} catch {
		return {};
	}
}
