/** Every service, in the order they start. */
export const SERVICES = ["users", "products", "payments", "orders", "notifications", "webhooks", "gateway"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The services that own a database. */
export const STORED: readonly ServiceName[] = SERVICES.filter((service) => service !== "gateway");

/** @throws an error that names the services there are */
export function serviceNames(given: readonly string[]): ServiceName[] {
	const unknown = given.filter((name) => !(SERVICES as readonly string[]).includes(name));
	if (unknown.length === 0 && given.length > 0) return given as ServiceName[];
	const problem = given.length === 0 ? "No service is named" : `There is no service ${unknown.join(", ")}`;
	throw new Error(`${problem}. Name some of: ${SERVICES.join(", ")}.`);
}
