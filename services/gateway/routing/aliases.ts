import ApiGateway from "moleculer-web";
import { routeTable } from "../domain/route-table.ts";
import type { Alias, AliasRoute, Gateway } from "../gateway.context.ts";

/**
 * moleculer-web's aliases of all published actions. The routes of a service that has left are kept: it is
 * unavailable (503), which is something else than unknown (404). They go when it comes back without them.
 */
export function regenerateAliases(this: Gateway, route: object): void {
	const before = this.aliases;
	(ApiGateway.methods?.regenerateAutoAliases as (this: Gateway, route: object) => void).call(this, route);

	const services = this.broker.registry.getServiceList({ grouping: true }) as readonly { readonly name: string }[];
	const present = new Set(services.map(({ name }) => name));
	for (const name of present) this.acquainted.add(name);
	this.aliases.push(...before.filter(({ action }) => !present.has(serviceOf(action))));
	this.table = routeTable(this.aliases.map(routeOf));
	this.pages.forget();
}

const serviceOf = (action: string): string => action.slice(0, action.lastIndexOf("."));

const routeOf = (alias: Alias): AliasRoute => ({ method: alias.method, path: alias.fullPath, alias });

/**
 * Takes over new routes at once. moleculer-web waits half a second for more changes, in which a service
 * that is there already would be unknown.
 */
export function followRegistry(this: Gateway): void {
	this.regenerateAllAutoAliases = () => {
		for (const route of this.routes) regenerateAliases.call(this, route);
	};
}
