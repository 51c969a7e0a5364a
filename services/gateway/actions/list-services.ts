import type { Ctx } from "../../../mixins/define-service.ts";
import { SERVICES } from "../../contracts/platform.ts";
import type { ListServices } from "../../contracts/platform.ts";
import type { Gateway } from "../gateway.context.ts";
import { VERSION } from "../version.ts";

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
	const isAdmin = ctx.meta.principal?.role === "admin";
	const registered = this.broker.registry.getServiceList({ withActions: true, grouping: true, skipInternal: true });
	return { services: (registered as unknown as ListedService[]).map((service) => viewOf(service, isAdmin)) };
}

function viewOf({ name, available, version, metadata, nodes, actions }: ListedService, isAdmin: boolean) {
	const names: Readonly<Record<string, string | undefined>> = SERVICES;
	return {
		name: `${names[name] ?? name}-service`,
		url: name === "gateway" ? "/" : `/${name}`,
		status: available ? "healthy" : "unhealthy",
		version: String(version ?? metadata.version ?? VERSION),
		...(isAdmin && { nodes, actions: Object.keys(actions).sort() }),
	};
}
