import { z } from "zod";
import { defineAction } from "./action.ts";
import { Address, AddressView } from "./address.ts";
import { OPERATOR } from "./callers.ts";
import { defineError, PreconditionFailed, RateLimited } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { ROLES } from "./meta.ts";
import { ById, Id, NoResult, Nothing, text, Timestamp } from "./text.ts";

export const Email = z.string().trim().toLowerCase().pipe(z.email().max(255));
const Username = z
	.string()
	.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{2,99}$/, "3 to 100 letters, digits, dots, dashes or underscores");
export const Password = text(128, 8);
const Phone = z
	.string()
	.regex(/^\+?[0-9 ()./-]{3,20}$/, "up to 20 digits, spaces and + ( ) . / -")
	.max(20);
const Preferences = z.strictObject({ locale: text(35).optional(), timezone: text(60).optional() });

export const User = z.object({
	id: Id,
	email: z.string(),
	username: z.string().nullable(),
	firstName: z.string().nullable(),
	lastName: z.string().nullable(),
	phone: z.string().nullable(),
	address: AddressView.nullable(),
	role: z.enum(ROLES),
	isActive: z.boolean(),
	preferences: Preferences,
	/** When the address was shown to be the user's; null again when it changes. */
	emailVerifiedAt: Timestamp.nullable(),
	createdAt: Timestamp,
	updatedAt: Timestamp,
});
export type User = z.output<typeof User>;

/** How access tokens are signed and what they claim (RFC 7519), for whoever issues or verifies one. */
export const ACCESS_TOKEN = { algorithm: "EdDSA", issuer: "stoa", audience: "stoa", lifetimeSeconds: 900 } as const;

export const Tokens = z.object({
	access_token: z.string(),
	token_type: z.literal("Bearer"),
	/** Seconds the access token is valid. */
	expires_in: z.int(),
	refresh_token: z.string(),
});
export type Tokens = z.output<typeof Tokens>;
export const SignedIn = z.object({ user: User, ...Tokens.shape });
export type SignedIn = z.output<typeof SignedIn>;

export const EmailTaken = defineError("EMAIL_TAKEN", 409, "This email address has an account. Log in, or use another.");
export const UsernameTaken = defineError("USERNAME_TAKEN", 409, "This username is taken. Choose another one.");
export const UserNotFound = defineError("USER_NOT_FOUND", 404, "There is no such user.");
export const LastAdmin = defineError(
	"LAST_ADMIN",
	409,
	"This is the last administrator. Make somebody else one first.",
);
/** One message for every cause, so that nobody learns which accounts exist. */
export const LoginFailed = defineError("LOGIN_FAILED", 401, "The email, username or password is wrong.");
export const RefreshRefused = defineError(
	"REFRESH_REFUSED",
	401,
	"This refresh token is expired, revoked or was used before. Log in again.",
);

export const Register = defineAction("users.register", {
	summary: "Opens a customer account and signs it in.",
	params: z.strictObject({
		email: Email,
		password: Password,
		username: Username.optional(),
		firstName: text(100).optional(),
		lastName: text(100).optional(),
		phone: Phone.optional(),
		address: Address.optional(),
	}),
	result: SignedIn,
	errors: [EmailTaken, UsernameTaken, RateLimited],
});

export const Login = defineAction("users.login", {
	summary: "Signs in with an email address or a username.",
	params: z
		.strictObject({ email: Email.optional(), username: text(100).optional(), password: text(128) })
		.refine((given) => (given.email === undefined) !== (given.username === undefined), {
			path: ["email"],
			message: "send either email or username",
		}),
	result: SignedIn,
	errors: [LoginFailed, RateLimited],
});

export const Refresh = defineAction("users.refresh", {
	summary: "Exchanges a refresh token for new tokens; each works once, and a second use ends the whole session.",
	params: z.strictObject({ refresh_token: text(200) }),
	result: Tokens,
	errors: [RefreshRefused],
});

export const Logout = defineAction("users.logout", {
	summary: "Ends the session of the access token.",
	params: Nothing,
	result: NoResult,
});

export const LogoutAll = defineAction("users.logoutAll", {
	summary: "Ends every session of the caller.",
	params: Nothing,
	result: NoResult,
});

/** Asked by the gateway at most every few seconds a session: is it still open, and for whom? */
export const CheckSession = defineAction("users.checkSession", {
	summary: "The user of an open session, or null when it was revoked.",
	params: z.strictObject({ sessionId: Id }),
	result: z.object({ userId: Id, role: z.enum(ROLES) }).nullable(),
	callers: ["gateway"],
});

export const Jwks = defineAction("users.jwks", {
	summary: "The public keys that verify access tokens (RFC 7517).",
	params: Nothing,
	result: z.object({
		keys: z.array(
			z.object({ kty: z.string(), crv: z.string(), x: z.string(), kid: z.string(), alg: z.string(), use: z.string() }),
		),
	}),
});

export const GetUser = defineAction("users.get", {
	summary: "One user.",
	params: ById,
	result: User,
	errors: [UserNotFound],
});

export const UpdateUser = defineAction("users.update", {
	summary: "Changes the given fields of a profile.",
	params: z.strictObject({
		id: Id,
		email: Email.optional(),
		username: Username.optional(),
		firstName: text(100).nullable().optional(),
		lastName: text(100).nullable().optional(),
		phone: Phone.nullable().optional(),
		address: Address.nullable().optional(),
		preferences: Preferences.optional(),
	}),
	result: User,
	errors: [UserNotFound, EmailTaken, UsernameTaken, PreconditionFailed],
});

export const DeactivateUser = defineAction("users.deactivate", {
	summary: "Closes an account: it can no longer sign in, and its sessions end.",
	params: ById,
	result: NoResult,
	errors: [UserNotFound, PreconditionFailed, LastAdmin],
});

export const SetRole = defineAction("users.setRole", {
	summary: "Gives a user another role; open sessions follow within five seconds.",
	params: z.strictObject({ id: Id, role: z.enum(ROLES) }),
	result: User,
	errors: [UserNotFound, PreconditionFailed, LastAdmin],
});

/** Asked at start. An account that exists keeps its password and its role. */
export const EnsureAdmin = defineAction("users.ensureAdmin", {
	summary: "Opens an administrator's account unless the email address has one.",
	params: z.strictObject({ email: Email, password: Password }),
	result: z.object({ userId: Id, created: z.boolean() }),
	errors: [RateLimited],
	callers: [OPERATOR],
});

/** Where to reach a user; asked by notifications, never published. */
export const GetContact = defineAction("users.contact", {
	summary:
		"The name, addresses, locale and time zone that a notification needs; an erased user has no address, and who has not verified his no name.",
	params: ById,
	result: z.object({
		email: z.string().nullable(),
		phone: z.string().nullable(),
		/** Null while the address is not verified: whoever typed one could have the shop mail to it what he likes. */
		firstName: z.string().nullable(),
		locale: z.string(),
		/** IANA name; UTC unless the user chose one. */
		timezone: z.string(),
		isActive: z.boolean(),
	}),
	errors: [UserNotFound],
	callers: ["notifications"],
});

export const UserCreated = defineEvent("user.created", 1, {
	summary: "An account was opened.",
	aggregate: ["user", "userId"],
	body: { userId: Id, email: z.string(), role: z.enum(ROLES) },
});

export const UserUpdated = defineEvent("user.updated", 1, {
	summary: "Fields of an account changed; their names, not their values.",
	aggregate: ["user", "userId"],
	body: { userId: Id, changed: z.array(z.string()) },
});

export const UserDeleted = defineEvent("user.deleted", 1, {
	summary: "An account was closed.",
	aggregate: ["user", "userId"],
	body: { userId: Id, mode: z.enum(["deactivated", "erased"]) },
});

export const USER_ACTIONS = [
	Register,
	Login,
	Refresh,
	Logout,
	LogoutAll,
	CheckSession,
	Jwks,
	GetUser,
	UpdateUser,
	DeactivateUser,
	SetRole,
	EnsureAdmin,
	GetContact,
];
export const USER_EVENTS = [UserCreated, UserUpdated, UserDeleted];
