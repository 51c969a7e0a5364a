import { describeBus } from "../bus.conformance.fixture.ts";
import { overRabbitMq } from "./namespace.fixture.ts";

const capabilities = { isBetweenProcesses: true, hasShortRetries: true };

describeBus("RabbitMQ with classic queues", () => overRabbitMq(), capabilities);
describeBus("RabbitMQ with quorum queues", () => overRabbitMq({ queueType: "quorum" }), capabilities);
