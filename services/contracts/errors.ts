/** What a refusal tells beyond its message. It is shown to the client, so nothing internal belongs here. */
export type ErrorData = Readonly<Record<string, unknown>>;

/**
 * A refusal the caller can act on. Its fields are the ones Moleculer carries
 * between nodes; the class itself does not cross, so callers switch on `type`.
 */
export class DomainError extends Error {
	readonly type: string;
	/** The HTTP status this refusal is answered with. */
	readonly code: number;
	readonly data: ErrorData;
	/** True when the same request may succeed a moment later. */
	readonly retryable: boolean;

	constructor(type: string, code: number, message: string, data: ErrorData = {}, retryable = false) {
		super(message);
		this.name = "DomainError";
		this.type = type;
		this.code = code;
		this.data = data;
		this.retryable = retryable;
	}
}

/** A kind of refusal: constructing one gives the error, `type` and `status` document it. */
export interface ErrorKind<D extends ErrorData = ErrorData> {
	new (data?: D): DomainError;
	readonly type: string;
	readonly status: number;
	readonly describes: string;
}

/**
 * One refusal of a contract page.
 *
 * @param type stable code that clients switch on, e.g. `ORDER_NOT_CANCELLABLE`
 * @param status HTTP status, 4xx or 503
 * @param message says what was wrong and what to do; a function when it depends on the data
 */
export function defineError<D extends ErrorData = ErrorData>(
	type: string,
	status: number,
	message: string | ((data: D) => string),
	{ retryable = false } = {},
): ErrorKind<D> {
	return class extends DomainError {
		static readonly type = type;
		static readonly status = status;
		static readonly describes = typeof message === "string" ? message : type.toLowerCase().replaceAll("_", " ");

		constructor(data: D = {} as D) {
			super(type, status, typeof message === "string" ? message : message(data), data, retryable);
		}
	};
}

/** One field of a request that broke a rule. */
export interface FieldProblem {
	readonly path: string;
	readonly message: string;
}

export const ValidationFailed = defineError<{ errors: readonly FieldProblem[] }>(
	"VALIDATION_FAILED",
	422,
	"The request has fields that are missing, unknown or out of bounds; `errors` names each.",
);

export const MalformedJson = defineError(
	"MALFORMED_JSON",
	400,
	"The body is not valid JSON. Send one JSON object with Content-Type: application/json.",
);

export const BodyTooLarge = defineError<{ limitBytes: number }>(
	"BODY_TOO_LARGE",
	413,
	({ limitBytes }) => `The body is larger than ${limitBytes} bytes. Send less at once.`,
);

export const UnsupportedMediaType = defineError<{ accepts?: readonly string[] }>(
	"UNSUPPORTED_MEDIA_TYPE",
	415,
	({ accepts = ["application/json"] }) =>
		`This route reads ${accepts.join(" or ")} in UTF-8, not compressed. Set the Content-Type header.`,
);

export const Unauthenticated = defineError(
	"UNAUTHENTICATED",
	401,
	"A valid access token is needed. Send `Authorization: Bearer <token>` from POST /auth/login or /auth/refresh; a service sends its `X-API-Key`.",
);

export const TwoCredentials = defineError(
	"TWO_CREDENTIALS",
	400,
	"Both Authorization and X-API-Key were sent, and they may name different callers. Send one of them.",
);

/** `requires` are roles; `scope` is what an API key would need, null when no key may do that. */
export const Forbidden = defineError<{ requires?: readonly string[]; scope?: string | null }>(
	"FORBIDDEN",
	403,
	({ scope, requires = [] }) => {
		if (scope === undefined)
			return `That takes an account of the role ${requires.join(" or ")}, which this one has not.`;
		if (scope === null) return "No API key may do that. Sign in as somebody who may.";
		return `This API key may not do that: it lacks the scope ${scope}. Ask an administrator for a key that has it.`;
	},
);

export const NotFound = defineError("NOT_FOUND", 404, "Nothing is here. Check the path and the id.");

export const MethodNotAllowed = defineError<{ allowed: readonly string[] }>(
	"METHOD_NOT_ALLOWED",
	405,
	({ allowed }) => `This path answers ${allowed.join(", ")} only.`,
);

export const PreconditionFailed = defineError<{ currentVersion: number }>(
	"PRECONDITION_FAILED",
	412,
	"The resource has changed since it was read. GET it again and send its new ETag in If-Match.",
);

export const IdempotencyKeyReused = defineError<{ errors: readonly FieldProblem[] }>(
	"IDEMPOTENCY_KEY_REUSED",
	422,
	"This Idempotency-Key was sent with another body before. Use a new key for a new request.",
);

export const IdempotencyKeyInUse = defineError<{ retryAfterSeconds: number }>(
	"IDEMPOTENCY_KEY_IN_USE",
	409,
	"The first request with this Idempotency-Key is still running. Send the same request again after Retry-After.",
);

export const RateLimited = defineError<{ retryAfterSeconds: number }>(
	"RATE_LIMITED",
	429,
	({ retryAfterSeconds }) => `Too many requests. Try again in ${retryAfterSeconds} s.`,
);

/** Worth trying again. A link that broke leaves open whether the work was done, which the same Idempotency-Key settles. */
export const ServiceBusy = defineError<{ retryAfterSeconds: number }>(
	"SERVICE_BUSY",
	503,
	"The service is busy with the same data, or out of reach. Send the request again after Retry-After; with the same Idempotency-Key nothing is done twice.",
	{ retryable: true },
);

export const DeadlineExceeded = defineError(
	"DEADLINE_EXCEEDED",
	503,
	"The request arrived after its deadline and was not begun. Send it again.",
);
