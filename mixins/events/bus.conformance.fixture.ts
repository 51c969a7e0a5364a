import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { until } from "../../test/support/wait.ts";
import { Belfry } from "./belfry.fixture.ts";
import type { Transport } from "./belfry.fixture.ts";

/** What a bus can do beyond carrying facts within one process. */
export interface Capabilities {
	/** Facts wait in the bus while their reader is down, and may meet another node of it. */
	readonly isBetweenProcesses: boolean;
	/** Waits before its retries, of at most a second in all; otherwise the wait is cut short by hand. */
	readonly hasShortRetries: boolean;
}

/** The rules of every bus, with a real service behind it: its inbox, its database, its consumers. */
export function describeBus(name: string, transport: () => Promise<Transport>, capabilities: Capabilities): void {
	describe(name, () => {
		let belfry: Belfry;
		beforeAll(async () => (belfry = await Belfry.build(await transport())));
		afterEach(() => belfry.stop());
		afterAll(() => belfry.close());

		rulesOfDelivery(() => belfry);
		rulesOfFailure(() => belfry, capabilities);
		rulesOfStopping(() => belfry, capabilities);
		if (capabilities.isBetweenProcesses) rulesBetweenProcesses(() => belfry);
	});
}

function rulesOfDelivery(belfry: () => Belfry): void {
	it("gives each consumer the events it reads, and no others", async () => {
		await belfry().start();
		const [rang, broke] = [belfry().rang(), belfry().broke()];
		await belfry().publish(rang, broke);
		await belfry().handled(rang, broke);

		expect(await belfry().handlers(rang)).toEqual(["bells.count", "bells.note"]);
		expect(await belfry().handlers(broke)).toEqual(["bells.mend"]);
	});

	it("gives a consumer the message as it was published", async () => {
		await belfry().start();
		const rang = { ...belfry().rang(), sequence: 7, correlationId: "Réquest 1\n", causationId: "cause", version: 2 };
		await belfry().publish(rang);
		await belfry().handled(rang);

		expect(belfry().seen.get(rang.id)).toEqual(rang);
	});

	it("has a message handled once, however often it is published", async () => {
		await belfry().start();
		const [rang, last] = [belfry().rang(), belfry().rang()];
		await Promise.all([belfry().publish(rang, rang), belfry().publish(rang)]);
		await belfry().handled(rang);
		await belfry().publish(rang, last);
		await belfry().handled(last);

		expect(await belfry().handlers(rang)).toEqual(["bells.count", "bells.note"]);
	});

	it("counts what nobody reads as published", async () => {
		await belfry().start();
		const [melted] = await belfry().publish(belfry().melted());

		expect(melted).toBeDefined();
	});

	it("has each message handled once when two nodes share the work", async () => {
		await Promise.all([belfry().start("a"), belfry().start("b")]);
		const messages = Array.from({ length: 200 }, () => belfry().rang());
		await belfry().publish(...messages);
		await belfry().handled(...messages);

		expect(await belfry().timesHandled(messages)).toBe(2 * messages.length);
	});
}

function rulesOfFailure(belfry: () => Belfry, { hasShortRetries }: Capabilities): void {
	it("holds up neither the other consumers nor the other messages when one fails", async () => {
		await belfry().start();
		const [faulty, sound] = [belfry().rang(), belfry().rang()];
		belfry().fail("bells.note", faulty);
		await belfry().publish(faulty, sound);
		await belfry().handled(sound);
		await until(async () => (await belfry().handlers(faulty)).includes("bells.count"));

		expect(await belfry().handlers(faulty)).toEqual(["bells.count"]);
	});

	it("tries again until it works, and leaves nothing of the failed tries", async () => {
		await belfry().start();
		const rang = belfry().rang();
		belfry().fail("bells.note", rang, 2);
		await belfry().publish(rang);
		if (!hasShortRetries) await belfry().hurry(rang, 2);
		await belfry().handled(rang);

		expect(belfry().tries("bells.note", rang)).toBe(3);
		expect(await belfry().timesHandled([rang])).toBe(2);
	});

	it("makes a dead letter of what fails five times, with its error, and handles it once it is sent again", async () => {
		await belfry().start();
		const rang = belfry().rang();
		belfry().fail("bells.note", rang);
		await belfry().publish(rang);
		if (!hasShortRetries) await belfry().hurry(rang, 4);
		const letter = await belfry().deadLetter(rang);

		expect(letter).toMatchObject({ consumer: "bells.note", error: `Error: bells.note cannot read ${rang.id}` });
		expect(letter.message).toEqual(rang);
		expect(belfry().tries("bells.note", rang)).toBe(5);

		belfry().repair("bells.note", rang);
		await belfry().replay(letter);
		await belfry().handled(rang);
	});
}

function rulesOfStopping(belfry: () => Belfry, { isBetweenProcesses }: Capabilities): void {
	it("waits for the handling under way when it stops, and begins no other", async () => {
		await belfry().start();
		const messages = Array.from({ length: 100 }, () => belfry().rang());
		const release = belfry().hold();
		await belfry().publish(...messages);
		await until(() => belfry().isHeld());
		let isStopped = false;
		const stopping = belfry()
			.stop()
			.then(() => (isStopped = true));
		await until(() => belfry().isStopping());
		expect(isStopped).toBe(false);

		release();
		await stopping;
		const { begun } = belfry();
		expect(await belfry().timesHandled(messages)).toBe(begun);
		if (isBetweenProcesses) expect(begun).toBeLessThan(2 * messages.length);

		await belfry().start();
		await belfry().handled(...messages);
		expect(begun + belfry().begun).toBe(2 * messages.length);
	});
}

function rulesBetweenProcesses(belfry: () => Belfry): void {
	it("pain 9, consumers start after messages: keeps what is published while its reader is down", async () => {
		const messages = Array.from({ length: 10 }, () => belfry().rang());
		await belfry().publish(...messages);
		await belfry().start();
		await belfry().handled(...messages);

		expect(await belfry().timesHandled(messages)).toBe(2 * messages.length);
	});

	it("has work for every node of a service", async () => {
		await Promise.all([belfry().start("a"), belfry().start("b")]);
		const messages = Array.from({ length: 200 }, () => belfry().rang());
		await belfry().publish(...messages);
		await belfry().handled(...messages);

		expect(await belfry().nodesOf(messages)).toEqual(["a", "b"]);
	});

	it("makes a dead letter of what is no message at once, with its text", async () => {
		await belfry().start();
		await belfry().sendRaw("bell.rang", "so it goes");
		const letter = await belfry().deadLetterOf("malformed");

		expect(letter.message).toMatchObject({ name: "malformed", data: "so it goes" });
	});

	it("hands over what an outsider wrote, who knows nothing but the body, once for each id of his", async () => {
		await belfry().start();
		await belfry().sendFromOutside('{"size":"small"}', "an order of mine");
		await belfry().sendFromOutside('{"size":"small"}', "an order of mine");
		await belfry().sendFromOutside('{"size":"large"}');
		const orders = await belfry().ordered(2);

		expect(orders.map(({ data }) => data)).toEqual(expect.arrayContaining([{ size: "small" }, { size: "large" }]));
		expect(await belfry().timesHandled(orders)).toBe(2);
	});

	it("handles an outsider's message whose id is in capitals", async () => {
		await belfry().start();
		const id = randomUUID();
		await belfry().sendFromOutside('{"size":"small"}', id.toUpperCase());

		expect(await until(() => belfry().seen.get(id))).toMatchObject({ data: { size: "small" } });
	});

	it("makes a dead letter at once of what an outsider wrote and nobody can read", async () => {
		await belfry().start();
		await belfry().sendFromOutside('{"size":7}');
		const letter = await belfry().deadLetterOf("bell.ordered");

		expect(letter).toMatchObject({ consumer: "bells.cast", error: expect.stringContaining("is no bell.ordered") });
	});

	it("gets well when it is connected, and says so", async () => {
		const bus = await belfry().start();

		await until(() => bus.health() === "healthy");
	});
}
