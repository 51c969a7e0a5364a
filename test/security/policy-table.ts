/**
 * Who may use what, as it was promised; written by hand, and not read from what the services declare. A route that
 * stands on neither side alone: one without a line fails, and so does a line without a route.
 *
 * - `open`: everybody. `signed in`: every user. `customer`: customers alone. `staff`: vendors and admins. `admin`.
 * - `own`: the user whom the path names, or an admin; for others, services too, it does not exist.
 * - `mine`: the user whose order, payment or whatever it is, or an admin; for other users it does not exist.
 * - `mine alone`: the same without the admin.
 * - `vendor's`: the vendor whose product it is, or an admin; for other vendors it does not exist.
 * - `admin or <scope>`: an admin, or a service whose API key has the scope.
 */
export const POLICY_TABLE: Readonly<Record<string, Who>> = {
	"POST /auth/register": "open",
	"POST /users/register": "open",
	"POST /auth/login": "open",
	"POST /users/login": "open",
	"POST /auth/refresh": "open",
	"POST /auth/logout": "signed in",
	"POST /auth/logout-all": "signed in",
	"GET /auth/sessions": "signed in",
	"DELETE /auth/sessions/{id}": "mine alone",
	"POST /auth/verify-email": "open",
	"POST /auth/resend-verification": "signed in",
	"POST /auth/forgot-password": "open",
	"POST /auth/reset-password": "open",
	"POST /auth/change-password": "signed in",
	"GET /.well-known/jwks.json": "open",
	"POST /registrations": "open",
	"GET /registrations/{id}": "open",

	"POST /api-keys": "admin",
	"GET /api-keys": "admin",
	"GET /api-keys/{id}": "admin",
	"POST /api-keys/{id}/rotate": "admin",
	"DELETE /api-keys/{id}": "admin",

	"GET /users/{id}": "own",
	"PUT /users/{id}": "own",
	"DELETE /users/{id}": "own",
	"POST /users/{id}/erase": "own",
	"GET /users/{id}/erasure": "own",
	"GET /users/{id}/export": "own",
	"GET /users/{id}/activities": "own",
	"GET /users/{userId}/orders": "own",
	"PUT /users/{id}/role": "admin",
	"POST /users/{id}/reactivate": "admin",
	"GET /users/search": "admin",

	"GET /products": "open",
	"GET /products/search": "open",
	"GET /products/{id}": "open",
	"GET /products/{id}/recommendations": "open",
	"GET /products/{id}/analytics": "vendor's",
	"POST /products": "staff",
	"PUT /products/{id}": "vendor's",
	"DELETE /products/{id}": "vendor's",
	"POST /products/import": "staff",
	"GET /products/imports": "staff",
	"GET /products/imports/{id}": "vendor's",
	"GET /products/export": "staff",
	"GET /products/categories": "open",
	"GET /products/categories/{id}": "open",
	"POST /products/categories": "admin",
	"PUT /products/categories/{id}": "admin",
	"DELETE /products/categories/{id}": "admin",
	"GET /inventory/{productId}": "vendor's",
	"PUT /inventory/{productId}": "vendor's",
	"GET /inventory/{productId}/movements": "vendor's",

	"POST /orders": "customer",
	"GET /orders": "signed in",
	"GET /orders/{id}": "mine",
	"GET /orders/{id}/events": "mine",
	"GET /orders/user/{userId}": "own",
	"PUT /orders/{id}/status": "admin",
	"POST /orders/{id}/cancel": "mine",
	"DELETE /orders/{id}": "mine",
	"POST /orders/{id}/return": "mine",
	"GET /orders/{id}/returns": "mine",
	"GET /orders/{id}/returns/{returnId}": "mine",
	"POST /orders/{id}/returns/{returnId}/accept": "admin",
	"POST /orders/{id}/returns/{returnId}/refuse": "admin",

	"POST /payments/process": "mine",
	"GET /payments/{id}": "mine",
	"GET /payments/user/{userId}": "own",
	"GET /payments/{id}/transactions": "mine",
	"POST /payments/methods": "signed in",
	"GET /payments/methods": "signed in",
	"GET /payments/methods/{id}": "mine alone",
	"DELETE /payments/methods/{id}": "mine alone",
	"POST /payments/refund": "admin",
	"POST /webhooks/stripe": "open",

	"POST /notifications/send": "admin or notifications:send",
	"POST /notifications/email": "admin or notifications:send",
	"POST /notifications/sms": "admin or notifications:send",
	"GET /notifications/deliveries/{id}": "admin or notifications:send",
	"POST /webhooks/twilio": "open",
	"POST /webhooks/mail": "open",
	"GET /notifications/{userId}": "own",
	"GET /notifications/{userId}/preferences": "own",
	"PUT /notifications/{userId}/preferences": "own",
	"GET /notifications/push-key": "open",
	"POST /notifications/{userId}/push-subscriptions": "own",
	"GET /notifications/{userId}/push-subscriptions": "own",
	"GET /notifications/push-subscriptions/{id}": "mine",
	"DELETE /notifications/{userId}/push-subscriptions/{id}": "own",
	"GET /notifications/templates": "admin",
	"GET /notifications/templates/{name}": "admin",
	"GET /notifications/template-versions/{id}": "admin",
	"POST /notifications/templates/{name}/versions": "admin",
	"POST /notifications/templates/{name}/preview": "admin",
	"POST /notifications/templates/{name}/test": "admin",

	"POST /webhook-endpoints": "admin",
	"GET /webhook-endpoints": "admin",
	"GET /webhook-endpoints/{id}": "admin",
	"PUT /webhook-endpoints/{id}": "admin",
	"DELETE /webhook-endpoints/{id}": "admin",
	"POST /webhook-endpoints/{id}/rotate-secret": "admin",
	"POST /webhook-endpoints/{id}/test": "admin",
	"GET /webhook-endpoints/{id}/deliveries": "admin",
	"GET /webhook-endpoints/{id}/deliveries/{deliveryId}": "admin",
	"POST /webhook-endpoints/{id}/deliveries/{deliveryId}/redeliver": "admin",

	"GET /health": "open",
	"GET /health/live": "open",
	"GET /health/ready": "open",
	"GET /services": "open",
	"GET /operations/dead-letters": "admin",
	"POST /operations/dead-letters/{id}/replay": "admin",
	"DELETE /operations/dead-letters/{id}": "admin",
	"GET /operations/sagas": "admin",
	"POST /operations/sagas/{id}/retry": "admin",
	"GET /operations/integrity": "admin",
};

/** Whoever may be asking; `owner` has what the request is about, `vendor` the product in it. */
export const CALLERS = [
	...["anonymous", "owner", "other customer", "vendor", "other vendor", "admin"],
	...["service with the scope", "service without it"],
] as const;
export type Caller = "anonymous" | "owner" | "other customer" | "vendor" | "other vendor" | "admin" | Service;
type Service = "service with the scope" | "service without it";

type Who =
	| ("open" | "signed in" | "customer" | "staff" | "admin")
	| ("own" | "mine" | "mine alone" | "vendor's" | "admin or notifications:send");

/** That the request gets to its action, or the status that it is refused with. */
export type Expected = "through" | 401 | 403 | 404;

const USERS = ["owner", "other customer", "vendor", "other vendor", "admin"] as const;
const allow = (...callers: readonly Caller[]) => Object.fromEntries(callers.map((one) => [one, "through" as const]));

/** What each caller gets who is not let through, and who is. */
const RULES: Readonly<
	Record<Who, { readonly through: Partial<Record<Caller, "through">>; user: Expected; key: Expected }>
> = {
	open: { through: allow("anonymous", ...USERS, "service with the scope", "service without it"), user: 403, key: 403 },
	"signed in": { through: allow(...USERS), user: 403, key: 403 },
	customer: { through: allow("owner", "other customer"), user: 403, key: 403 },
	staff: { through: allow("vendor", "other vendor", "admin"), user: 403, key: 403 },
	admin: { through: allow("admin"), user: 403, key: 403 },
	own: { through: allow("owner", "admin"), user: 404, key: 404 },
	mine: { through: allow("owner", "admin"), user: 404, key: 403 },
	"mine alone": { through: allow("owner"), user: 404, key: 403 },
	"vendor's": { through: allow("vendor", "admin"), user: 403, key: 403 },
	"admin or notifications:send": { through: allow("admin", "service with the scope"), user: 403, key: 403 },
};

/** What the table promises to a caller. */
export function expected(route: string, caller: Caller): Expected | undefined {
	const who = POLICY_TABLE[route];
	if (who === undefined) return undefined;
	const { through, user, key } = RULES[who];
	if (through[caller] !== undefined) return "through";
	if (caller === "anonymous") return 401;
	if (who === "vendor's" && caller === "other vendor") return 404;
	return caller.startsWith("service") ? key : user;
}

/** The scope that a service would need for a route. */
export const scopeOf = (route: string): string | undefined => /^admin or (.+)$/.exec(POLICY_TABLE[route] ?? "")?.[1];
