import { describe, expect, it } from "@jest/globals";
import type { Broker } from "./connection.ts";
import { Publisher } from "./publisher.ts";
import { topologyOf } from "./topology.ts";

function publisherOver(channel: object | undefined, isBlocked: boolean): Publisher {
	const broker = {
		isBlocked: () => isBlocked,
		channel: () => ({ current: channel }),
	} as unknown as Broker;
	const topology = topologyOf({ namespace: "spec", queueType: "classic", retryAfterMs: [] }, []);
	return new Publisher({ broker, topology, sentinel: "unread", timeoutMs: 1_000 });
}

describe("a publisher", () => {
	it.each([
		["ready over an open channel", {}, false, true],
		["not ready while its channel is closed", undefined, false, false],
		["not ready while the broker is short of memory or disk", {}, true, false],
	])("is %s", (_rule, channel, isBlocked, isReady) => {
		expect(publisherOver(channel, isBlocked).isReady()).toBe(isReady);
	});
});
