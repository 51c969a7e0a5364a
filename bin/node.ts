import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { ServiceBroker } from "moleculer";
import { RedisDiscoverer } from "../mixins/broker/redis-discoverer.ts";
import config from "../moleculer.config.ts";
import { ROOT } from "./laptop/home.ts";
import type { ServiceName } from "./services.ts";

/** Stopped before the others, in this order: first no new requests, then no new saga steps. */
const STOPPED_FIRST: readonly ServiceName[] = ["gateway", "orders"];
/** A stop that takes longer than this is ended: what is unfinished resumes at the next start. */
const STOP_WITHIN_MS = 20_000;
/** Other nodes get this long to hear that this one takes no more calls. */
const LEAVE_MS = 500;
const LEAVE_WITHIN_MS = 3_000;

/**
 * The broker of this process, not started yet. SIGTERM, SIGINT and SIGHUP drain and stop it.
 *
 * @param afterwards is done last, however the broker is stopped: by a signal, or by `exit` in the REPL
 */
export async function openNode(
	services: readonly ServiceName[],
	afterwards = () => Promise.resolve(),
): Promise<ServiceBroker> {
	const options = await config(services);
	const broker = new ServiceBroker({ ...options, skipProcessEventRegistration: true, stopped: afterwards });
	stopOnSignals(broker);
	return broker;
}

/** Loads and starts the services. When one cannot start, all are stopped before the reason is thrown. */
export async function startNode(broker: ServiceBroker, services: readonly ServiceName[]): Promise<void> {
	try {
		for (const service of [...services, "node"]) load(broker, service);
		await broker.start();
	} catch (error) {
		await stopNode(broker);
		throw error;
	}
}

function load(broker: ServiceBroker, service: string): void {
	const path = `${ROOT}/services/${service}/${service}.service.ts`;
	if (existsSync(path)) broker.loadService(path);
}

function stopOnSignals(broker: ServiceBroker): void {
	let isStopping = false;
	const onSignal = async () => {
		if (isStopping) return;
		isStopping = true;
		console.log("Stopping: finishing open requests first.");
		setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
		await stopNode(broker);
		process.exit(0);
	};
	for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => void onSignal());
}

/** Stops taking calls, finishes those that run, and stops. */
export async function stopNode(broker: ServiceBroker): Promise<void> {
	(broker.getLocalService("$pages") as { drain?: () => void } | undefined)?.drain?.();
	await Promise.race([leaveCluster(broker), wait(LEAVE_WITHIN_MS)]);
	for (const name of STOPPED_FIRST) {
		const service = broker.services.find((each) => each.name === name);
		if (service !== undefined) await broker.destroyService(service);
	}
	await broker.stop();
}

/** Services that stop one after the other would be called until each is gone; what is on its way still finds them. */
async function leaveCluster(broker: ServiceBroker): Promise<void> {
	const { discoverer } = broker.registry;
	if (!(discoverer instanceof RedisDiscoverer) || !broker.transit?.connected) return;
	await discoverer.leave();
	await wait(LEAVE_MS);
}
