import { describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import type { Message } from "../../services/contracts/event.ts";
import { until } from "../../test/support/wait.ts";
import type { Delivery } from "./bus.ts";
import { busOf, eventBus, LocalBus } from "./local-bus.ts";

const message = (id: string, name: string): Message => ({
	id,
	name,
	version: 1,
	aggregateType: "counter",
	aggregateId: "1",
	sequence: 1,
	correlationId: null,
	causationId: null,
	data: {},
});

const raised = message("1", "counter.raised");
const reset = message("2", "counter.reset");

function subscriber(consumers: Record<string, string[]>) {
	const accepted: Delivery[] = [];
	const accept = async (deliveries: readonly Delivery[]) => void accepted.push(...deliveries);
	const never = () => Promise.reject(new Error("The local bus leaves handling to the inbox."));
	return {
		service: "spec",
		consumers: new Map(Object.entries(consumers)),
		accept,
		handle: never,
		bury: never,
		accepted,
	};
}

describe("the local bus", () => {
	it("gives each consumer the events it reads, and no others", async () => {
		const bus = new LocalBus();
		const [stats, mails] = [
			subscriber({ "stats.count": ["counter.raised", "counter.reset"] }),
			subscriber({ "mails.congratulate": ["counter.raised"], "mails.console": ["counter.reset"] }),
		];
		bus.subscribe(stats);
		bus.subscribe(mails);
		const published = await bus.publish([raised, reset]);

		expect(stats.accepted).toEqual([
			{ consumer: "stats.count", message: raised },
			{ consumer: "stats.count", message: reset },
		]);
		expect(mails.accepted).toEqual([
			{ consumer: "mails.congratulate", message: raised },
			{ consumer: "mails.console", message: reset },
		]);
		expect(published).toEqual(new Set(["1", "2"]));
	});

	it("counts what nobody reads as published", async () => {
		const bus = new LocalBus();
		bus.subscribe(subscriber({ "stats.count": ["counter.reset"] }));

		expect(await bus.publish([raised])).toEqual(new Set(["1"]));
	});

	it("does not count what one of its readers could not store, and gives it to the others", async () => {
		const bus = new LocalBus();
		const healthy = subscriber({ "stats.count": ["counter.raised", "counter.reset"] });
		bus.subscribe({
			...subscriber({ "mails.congratulate": ["counter.raised"] }),
			accept: () => Promise.reject(new Error()),
		});
		bus.subscribe(healthy);

		expect(await bus.publish([raised, reset])).toEqual(new Set(["2"]));
		expect(healthy.accepted).toHaveLength(2);
	});

	it("does not wait long for a reader that does not answer, and gives it nothing more until it has", async () => {
		const bus = new LocalBus();
		const healthy = subscriber({ "stats.count": ["counter.raised", "counter.reset"] });
		const stored = Promise.withResolvers<undefined>();
		const asked: Delivery[] = [];
		const silent = subscriber({ "mails.congratulate": ["counter.raised"] });
		bus.subscribe({ ...silent, accept: (deliveries) => (asked.push(...deliveries), stored.promise) });
		bus.subscribe(healthy);

		expect(await bus.publish([raised, reset])).toEqual(new Set(["2"]));
		expect(await bus.publish([raised])).toEqual(new Set());
		expect(healthy.accepted).toHaveLength(3);
		expect(asked).toHaveLength(1);

		stored.resolve(undefined);
		await stored.promise;
		await until(async () => (await bus.publish([raised])).size === 1);
		expect(asked).toHaveLength(2);
	});

	it("gives a reader what several services publish at once", async () => {
		const bus = new LocalBus();
		const reader = subscriber({ "stats.count": ["counter.raised", "counter.reset"] });
		bus.subscribe(reader);

		expect(await Promise.all([bus.publish([raised]), bus.publish([reset])])).toEqual([new Set(["1"]), new Set(["2"])]);
		expect(reader.accepted).toHaveLength(2);
	});
});

describe("the event bus of a broker", () => {
	it("is the one its middleware brought", () => {
		const bus = new LocalBus();
		const broker = new ServiceBroker({ logger: false, middlewares: [eventBus(() => bus)] });

		expect(busOf(broker)).toBe(bus);
	});

	it("is missed with a word of what to do", () => {
		expect(() => busOf(new ServiceBroker({ logger: false }))).toThrow("add the eventBus middleware");
	});
});
