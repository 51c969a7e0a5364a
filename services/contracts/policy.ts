import type { Role } from "./meta.ts";

/** What an API key of a service may be good for. */
export const SCOPES = ["notifications:send", "data:ingest", "data:read", "services:read"] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * Who may use a published action. An action without a policy is not reachable from outside.
 * `own` names the path parameter that must be the caller's id; anyone else but an admin gets 404.
 * `scope` lets in a service whose API key has it.
 */
export type Policy =
	| "open"
	| { readonly roles: readonly Role[]; readonly scope?: Scope }
	| { readonly own: string; readonly scope?: Scope };

export const OPEN: Policy = "open";
export const SIGNED_IN: Policy = { roles: ["customer", "vendor", "admin"] };
export const CUSTOMER: Policy = { roles: ["customer"] };
export const STAFF: Policy = { roles: ["vendor", "admin"] };
export const ADMIN: Policy = { roles: ["admin"] };

/** The owner named by a path parameter, or an admin; with a scope also a service whose API key has it. */
export const own = (parameter: string, scope?: Scope): Policy => ({ own: parameter, ...(scope && { scope }) });

/** An admin, or a service whose API key has the scope. */
export const adminOrService = (scope: Scope): Policy => ({ roles: ["admin"], scope });
