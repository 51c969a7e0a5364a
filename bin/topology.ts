import type { ServiceSchema } from "moleculer";
import type { Reader } from "../mixins/events/bus.ts";
import { busConfig } from "../mixins/events/choose-bus.ts";
import { EVENTS } from "../services/contracts/catalogue.ts";
import { ROOT } from "./laptop/home.ts";
import { STORED } from "./services.ts";

interface Consumes {
	readonly consumer: string;
	readonly event: string;
	readonly isOpen: boolean;
}

/**
 * Makes the queues of every service in the broker that the environment names, whichever services run here: a fact
 * must find the queues of all its readers before any of their nodes has been started.
 *
 * @throws ConfigInvalid with every problem of the environment at once
 */
export async function declareTopology(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
	const chosen = busConfig(env);
	switch (chosen.kind) {
		case "local":
			return;
		case "rabbitmq": {
			const { declareRabbitMq } = await import("../mixins/events/rabbitmq/declare-rabbitmq.ts");
			await declareRabbitMq(
				chosen.options,
				await readersOf(STORED),
				EVENTS.map(({ name }) => name),
			);
			log("Every queue is declared in RabbitMQ.");
			return;
		}
		case "nats": {
			const { declareJetStream } = await import("../mixins/events/jetstream/declare-jetstream.ts");
			const { servers, ...topology } = chosen.options;
			await declareJetStream(servers, topology, await readersOf(STORED));
			log("The stream and its consumers are declared in JetStream.");
		}
	}
}

/** What these services read, as their schemas say. Nothing is started, and no configuration is read. */
export async function readersOf(services: readonly string[]): Promise<Reader[]> {
	const modules = services.map(async (service) => {
		const module = (await import(`${ROOT}/services/${service}/${service}.service.ts`)) as { default: ServiceSchema };
		const consumes = consumesOf(module.default);
		const doors = new Map(consumes.filter(({ isOpen }) => isOpen).map(({ consumer, event }) => [consumer, event]));
		return { service, consumers: consumersOf(consumes), doors };
	});
	return Promise.all(modules);
}

function consumersOf(consumes: readonly Consumes[]): Map<string, string[]> {
	const consumers = new Map<string, string[]>();
	for (const { consumer, event } of consumes) {
		consumers.set(consumer, [...(consumers.get(consumer) ?? []), event]);
	}
	return consumers;
}

/** A mixin may have mixins. */
function consumesOf({ metadata, mixins = [] }: Partial<ServiceSchema>): Consumes[] {
	const { consumes = [] } = (metadata ?? {}) as { consumes?: Consumes[] };
	return [...consumes, ...[mixins].flat().flatMap((mixin) => consumesOf(mixin))];
}
