import type { ServiceBroker } from "moleculer";
import { z } from "zod";
import { readConfig } from "../config.ts";
import type { EventBus } from "./bus.ts";
import { LocalBus } from "./local-bus.ts";

const ALONE = "is rabbitmq or nats in a cluster: with local, facts would not leave their process";

const InProcess = z.object({
	EVENT_BUS: z.enum(["local", "rabbitmq", "nats"], "is one of local, rabbitmq, nats").default("local"),
});
const BetweenNodes = z.object({ EVENT_BUS: z.enum(["rabbitmq", "nats"], ALONE).default("rabbitmq") });

const RabbitMq = z.object({
	RABBITMQ_URL: z.url({
		protocol: /^amqps?$/,
		error: "is required while EVENT_BUS is rabbitmq: a URL such as amqp://user:password@host:5672",
	}),
	RABBITMQ_QUEUE_TYPE: z.enum(["classic", "quorum"], "is classic or quorum").default("classic"),
	STOA_NAMESPACE: z.string().default("stoa"),
});

const Nats = z.object({
	NATS_SERVERS: z
		.string("is required while EVENT_BUS is nats: a comma list of URLs such as nats://user:password@host:4222")
		.transform((list) => list.split(",").flatMap((url) => url.trim() || []))
		.refine((urls) => urls.length > 0 && urls.every(isNats), { message: "is a comma list of nats:// or tls:// URLs" }),
	/** How many servers keep each fact. */
	NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
	STOA_NAMESPACE: z.string().default("stoa"),
});

/** Makes the bus of a broker. */
export type BusMaker = (broker: ServiceBroker) => EventBus;

/** Which bus the environment asks for, and how it is reached. @throws ConfigInvalid with every problem at once */
export function busConfig(env: NodeJS.ProcessEnv) {
	const { EVENT_BUS: kind } = env.REDIS_URL ? readConfig(BetweenNodes, env) : readConfig(InProcess, env);
	if (kind === "local") return { kind };
	if (kind === "nats") return { kind, options: natsOptions(env) };

	const given = readConfig(RabbitMq, { ...env, RABBITMQ_URL: env.RABBITMQ_URL || env.QUEUE_URL });
	const { RABBITMQ_URL: url, RABBITMQ_QUEUE_TYPE: queueType, STOA_NAMESPACE: namespace } = given;
	return { kind: "rabbitmq" as const, options: { url, queueType, namespace } };
}

function natsOptions(env: NodeJS.ProcessEnv) {
	const { NATS_SERVERS: servers, NATS_REPLICAS: replicas, STOA_NAMESPACE: namespace } = readConfig(Nats, env);
	return { servers, replicas, namespace };
}

function isNats(url: string): boolean {
	return URL.canParse(url) && ["nats:", "tls:"].includes(new URL(url).protocol);
}

/**
 * How facts travel: within this process, or through a broker, whose client is loaded only then.
 *
 * @throws ConfigInvalid with every problem at once
 */
export async function chooseBus(env: NodeJS.ProcessEnv): Promise<BusMaker> {
	const chosen = busConfig(env);
	if (chosen.kind === "local") return () => new LocalBus();
	if (chosen.kind === "nats") {
		const { jetStreamBus } = await import("./jetstream/jetstream-bus.ts");
		return (broker) => jetStreamBus({ ...chosen.options, log: broker.getLogger("bus") });
	}

	const { rabbitMqBus } = await import("./rabbitmq/rabbitmq-bus.ts");
	return (broker) => rabbitMqBus({ ...chosen.options, log: broker.getLogger("bus") });
}
