import type { Ctx } from "../../../mixins/define-service.ts";
import type { Principal } from "../../contracts/meta.ts";
import { SERVICES } from "../../contracts/platform.ts";
import type { ListServices } from "../../contracts/platform.ts";
import type { Scope } from "../../contracts/policy.ts";
import type { Gateway } from "../gateway.context.ts";
import { VERSION } from "../version.ts";

const SCOPE: Scope = "services:read";

/** Where a service is published, unless it is under its own name. */
const PATHS: Readonly<Record<string, string>> = { gateway: "/", webhooks: "/webhook-endpoints" };

interface ListedService {
	readonly name: string;
	readonly available: boolean;
	readonly version?: string | number;
	readonly metadata: { readonly version?: string };
	readonly nodes: string[];
	readonly actions: Readonly<Record<string, unknown>>;
}

/** The registry as clients see it. Discovery replaces addresses, so `url` is where the gateway publishes the service. */
export async function listServices(this: Gateway, ctx: Ctx<typeof ListServices>) {
	const isShown = maySeeNodes(ctx.meta.principal);
	const registered = this.broker.registry.getServiceList({ withActions: true, grouping: true, skipInternal: true });
	return { services: (registered as unknown as ListedService[]).map((service) => viewOf(service, isShown)) };
}

function maySeeNodes(principal: Principal | undefined): boolean {
	if (principal?.kind === "service") return principal.scopes.includes(SCOPE);
	return principal?.role === "admin";
}

function viewOf({ name, available, version, metadata, nodes, actions }: ListedService, isShown: boolean) {
	const names: Readonly<Record<string, string | undefined>> = SERVICES;
	return {
		name: `${names[name] ?? name}-service`,
		url: PATHS[name] ?? `/${name}`,
		status: available ? "healthy" : "unhealthy",
		version: String(version ?? metadata.version ?? VERSION),
		...(isShown && { nodes, actions: Object.keys(actions).sort() }),
	};
}
