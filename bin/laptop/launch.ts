import type { ServiceBroker } from "moleculer";
import { migrateAll } from "../commands/migrate.ts";
import { checkConfig } from "../config-check.ts";
import { openNode, startNode, stopNode } from "../node.ts";
import { STORED } from "../services.ts";
import type { ServiceName } from "../services.ts";
import { declareTopology } from "../topology.ts";
import { prepareLaptop } from "./environment.ts";
import { expectFree } from "./gateway-port.ts";
import { seed } from "./seed.ts";
import type { Admin } from "./seed.ts";

export interface LaptopOptions {
	readonly services: readonly ServiceName[];
	/** Fill an empty shop with a demo catalogue and an administrator. */
	readonly isSeeded: boolean;
}

export interface Launched {
	readonly broker: ServiceBroker;
	readonly home: string;
	readonly database: string;
	readonly port: number;
	readonly admin: Admin;
}

/** Starts services in this process: environment, configuration check, migrations, broker. The database stops last. */
export async function launchOnLaptop({ services, isSeeded }: LaptopOptions): Promise<Launched> {
	await checkConfig(services.filter((service) => service === "gateway"));
	const port = Number(process.env.API_GATEWAY_PORT || 3000);
	if (services.includes("gateway")) await expectFree(port);
	const laptop = await prepareLaptop(process.env, STORED);
	const broker = await openNode(services, () => laptop.stop());
	try {
		await checkConfig(services);
		await migrateAll(
			services.filter((service) => STORED.includes(service)),
			console.log,
		);
		await declareTopology(process.env, console.log);
	} catch (error) {
		await stopNode(broker);
		throw error;
	}
	await startNode(broker, services);
	const admin = isSeeded ? await seed(broker, process.env, laptop.adminPassword) : { email: "", hint: "" };
	return { broker, home: laptop.home, database: laptop.database, port, admin };
}
