import type { DomainError } from "../../contracts/errors.ts";
import { Forbidden, NotFound, Unauthenticated } from "../../contracts/errors.ts";
import type { Principal } from "../../contracts/meta.ts";
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

	return "own" in policy ? refusalOfOwn(policy.own, principal, pathParams) : refusalOfRoles(policy.roles, principal);
}

function refusalOfOwn(parameter: string, { userId, role }: Principal, pathParams: Readonly<Record<string, string>>) {
	const isOwner = pathParams[parameter] === userId;
	return isOwner || role === "admin" ? undefined : new NotFound();
}

function refusalOfRoles(roles: readonly string[], { role }: Principal) {
	return roles.includes(role) ? undefined : new Forbidden({ requires: roles });
}
