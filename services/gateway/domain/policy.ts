import type { DomainError } from "../../contracts/errors.ts";
import { Forbidden, NotFound, Unauthenticated } from "../../contracts/errors.ts";
import type { Principal, UserPrincipal } from "../../contracts/meta.ts";
import type { Policy } from "../../contracts/policy.ts";

/**
 * Why somebody may not use a route, or undefined when he may.
 * What belongs to somebody else is answered like what does not exist.
 *
 * @param policy of the action; without one nobody may
 * @param pathParams of the request, where `own` finds the owner
 */
export function refusalFor(
	policy: Policy | undefined,
	principal: Principal | undefined,
	pathParams: Readonly<Record<string, string>>,
): DomainError | undefined {
	if (policy === undefined) return new NotFound();
	if (policy === "open") return undefined;
	if (principal === undefined) return new Unauthenticated();
	if (principal.kind === "service") return refusalOfService(policy, principal.scopes);

	return "own" in policy ? refusalOfOwn(policy.own, principal, pathParams) : refusalOfRoles(policy.roles, principal);
}

type Limited = Exclude<Policy, "open">;

/** A key is nobody's owner: what a scope does not open to it, it sees as every stranger does. */
function refusalOfService(policy: Limited, scopes: readonly string[]): DomainError | undefined {
	const { scope } = policy;
	if (scope !== undefined) return scopes.includes(scope) ? undefined : new Forbidden({ scope });
	return "own" in policy ? new NotFound() : new Forbidden({ scope: null });
}

function refusalOfOwn(
	parameter: string,
	{ userId, role }: UserPrincipal,
	pathParams: Readonly<Record<string, string>>,
) {
	const isOwner = pathParams[parameter]?.toLowerCase() === userId;
	return isOwner || role === "admin" ? undefined : new NotFound();
}

function refusalOfRoles(roles: readonly string[], { role }: UserPrincipal) {
	return roles.includes(role) ? undefined : new Forbidden({ requires: roles });
}
