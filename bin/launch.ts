import { ServiceBroker } from "moleculer";
import config from "../moleculer.config.ts";
import { checkConfig } from "./config-check.ts";
import { migrateAll } from "./commands/migrate.ts";
import { prepareLaptop } from "./laptop/environment.ts";
import { expectFree } from "./laptop/gateway-port.ts";
import { ROOT } from "./laptop/home.ts";
import { seed } from "./laptop/seed.ts";
import type { Admin } from "./laptop/seed.ts";
import { STORED } from "./services.ts";
import type { ServiceName } from "./services.ts";

export interface LaunchOptions {
	readonly services: readonly ServiceName[];
	/** Fill an empty shop with a demo catalogue and an administrator. */
	readonly isSeeded: boolean;
	readonly hasRepl: boolean;
}

export interface Launched {
	readonly home: string;
	readonly database: string;
	readonly port: number;
	readonly admin: Admin;
}

/** Stopped before the others, in this order: first no new requests, then no new saga steps. */
const STOPPED_FIRST: readonly ServiceName[] = ["gateway", "orders"];
/** A stop that takes longer than this is ended: what is unfinished resumes at the next start. */
const STOP_WITHIN_MS = 20_000;

/**
 * Starts services in this process: environment, configuration check, migrations, broker. SIGTERM, SIGINT and
 * SIGHUP drain and stop them, the database last.
 */
export async function launch({ services, isSeeded, hasRepl }: LaunchOptions): Promise<Launched> {
	await checkConfig(services.filter((service) => service === "gateway"));
	const port = Number(process.env.API_GATEWAY_PORT || 3000);
	if (services.includes("gateway")) await expectFree(port);
	const laptop = await prepareLaptop(process.env, STORED);
	// The database goes last, however the broker is stopped: by a signal, or by `exit` in the REPL.
	const broker = new ServiceBroker({ ...config, skipProcessEventRegistration: true, stopped: () => laptop.stop() });
	stopOnSignals(broker);
	try {
		await checkConfig(services);
		await migrateAll(
			services.filter((service) => STORED.includes(service)),
			console.log,
		);
		for (const service of services) broker.loadService(`${ROOT}/services/${service}/${service}.service.ts`);
		await broker.start();
		const admin = isSeeded ? await seed(broker, process.env, laptop.adminPassword) : { email: "", hint: "" };
		if (hasRepl) broker.repl();
		return { home: laptop.home, database: laptop.database, port, admin };
	} catch (error) {
		await stop(broker);
		throw error;
	}
}

function stopOnSignals(broker: ServiceBroker): void {
	let isStopping = false;
	const onSignal = async () => {
		if (isStopping) return;
		isStopping = true;
		console.log("Stopping: finishing open requests, then the database.");
		setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
		await stop(broker);
		process.exit(0);
	};
	for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => void onSignal());
}

async function stop(broker: ServiceBroker): Promise<void> {
	for (const name of STOPPED_FIRST) {
		const service = broker.services.find((each) => each.name === name);
		if (service !== undefined) await broker.destroyService(service);
	}
	await broker.stop();
}
