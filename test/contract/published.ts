import type { PublishedAction } from "../../services/gateway/gateway.context.ts";

const SERVICES = ["users", "products", "orders", "payments", "notifications", "webhooks", "gateway"];

/** The actions of all services as the registry would show them, read from the schemas: no server runs. */
export async function publishedActions(): Promise<PublishedAction[]> {
	const schemas = await Promise.all(SERVICES.map(actionsOf));
	return schemas.flat().filter(({ rest, policy }) => rest !== undefined && policy !== undefined);
}

async function actionsOf(service: string): Promise<PublishedAction[]> {
	const module = (await import(`../../services/${service}/${service}.service.ts`)) as { default: Schema };
	const { actions } = module.default;
	return Object.entries(actions).flatMap(([name, action]) => (action ? { ...action, name: `${service}.${name}` } : []));
}

interface Schema {
	readonly actions: Readonly<Record<string, PublishedAction | false>>;
}
