import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { call } from "../services/contracts/action.ts";
import type { Message } from "../services/contracts/event.ts";
import type { Meta } from "../services/contracts/meta.ts";
import { deadLettersOf, discardDeadLetterOf, replayDeadLetterOf } from "../services/contracts/operations.ts";
import type { DeadLetterPlace } from "../services/contracts/operations.ts";
import { until } from "../test/support/wait.ts";
import { BellTower } from "./bells.fixture.ts";
import { acceptDeliveries, bury, markFailed, markReceived } from "./events/inbox.ts";

const consumer = "bells.note";
const admin: Meta = { principal: { userId: randomUUID(), role: "admin", sessionId: randomUUID() } };

describe("the dead letters of a service", () => {
	let tower: BellTower;
	let service: Awaited<ReturnType<BellTower["start"]>>;
	beforeAll(async () => (tower = await BellTower.build()));
	beforeEach(async () => {
		await tower.database.rows("truncate inbox");
		service = await tower.start();
	});
	afterEach(() => tower.stop());
	afterAll(() => tower.database.close());

	const list = async (after: DeadLetterPlace | null = null, limit = 100) =>
		(await call(service.broker, deadLettersOf("bells"), { after, limit })).rows;
	const replay = ({ id }: Message, meta: Meta = {}) =>
		call(service.broker, replayDeadLetterOf("bells"), { consumer, messageId: id }, { meta });
	const discard = ({ id }: Message, meta: Meta = {}) =>
		call(service.broker, discardDeadLetterOf("bells"), { consumer, messageId: id }, { meta });
	const notFound = { type: "DEAD_LETTER_NOT_FOUND", code: 404 };

	/** As a broker leaves it that has tried often enough. */
	async function died(message: Message): Promise<Message> {
		await bury(tower.database.db, { consumer, message }, "Error: no ink");
		return message;
	}

	it("are told with what they are, why and since when", async () => {
		const message = await died(await tower.rang());

		expect(await list()).toEqual([
			{
				service: "bells",
				consumer,
				event: "bell.rang",
				messageId: message.id,
				aggregate: { type: "bell", id: message.aggregateId },
				error: "Error: no ink",
				attempts: 5,
				since: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]{15}Z$/),
				body: message.data,
			},
		]);
	});

	it("are listed newest first, each once, slice by slice, also when some died in the same moment", async () => {
		const messages = await Promise.all(Array.from({ length: 7 }, async () => died(await tower.rang())));
		await tower.database.rows("update inbox set dead_at = date_trunc('hour', now()) where position % 2 = 0");
		const whole = await list();
		const seen: string[] = [];
		for (let rows = await list(null, 2); rows.length > 0;) {
			seen.push(...rows.map(({ messageId }) => messageId));
			const { since, messageId } = rows.at(-1)!;
			rows = await list({ since, consumer, messageId }, 2);
		}

		expect(seen).toEqual(whole.map(({ messageId }) => messageId));
		expect(new Set(seen)).toEqual(new Set(messages.map(({ id }) => id)));
		expect(whole.map(({ since }) => since)).toEqual(
			whole
				.map(({ since }) => since)
				.toSorted()
				.reverse(),
		);
	});

	it("leave out what is pending, handled or discarded", async () => {
		const [pending, handled, discarded] = [await tower.rangUnreadably(), await tower.rang(), await tower.rang()];
		await tower.bus.publish([pending, handled]);
		await tower.failedNote(pending);
		await tower.handled(handled);
		await died(discarded);
		await discard(discarded);

		expect(await list()).toEqual([]);
	});

	it("are handled once more when they are replayed, without being waited for", async () => {
		const message = await died(await tower.rang());

		expect(await replay(message)).toBeNull();
		await tower.handled(message);
		expect(await tower.notes(message)).toEqual(["4"]);
		expect(await list()).toEqual([]);
	});

	it("have all their tries again", async () => {
		const message = await died(await tower.rangUnreadably());
		await replay(message);

		expect(await tower.failedNote(message)).toMatchObject({ isDead: false, isProcessed: false });
	});

	it("have no effect any more when they are discarded, however they come again", async () => {
		const message = await died(await tower.rang());
		await discard(message);
		await acceptDeliveries(tower.database.db, [{ consumer, message }]);

		expect(await markReceived(tower.database.db, consumer, [message])).toEqual([]);
		expect(await tower.rows(message)).toMatchObject([{ isProcessed: true, isDead: false, hasMessage: false }]);
		expect(await tower.notes(message)).toEqual([]);
	});

	it("are left alone when they are none: unknown, pending or handled", async () => {
		const [unknown, pending, handled] = [await tower.rang(), await tower.rangUnreadably(), await tower.rang()];
		await tower.bus.publish([pending, handled]);
		await tower.failedNote(pending);
		await tower.handled(handled);

		for (const message of [unknown, pending, handled]) {
			await expect(replay(message)).rejects.toMatchObject(notFound);
			await expect(discard(message)).rejects.toMatchObject(notFound);
		}
		expect(await tower.rows(handled)).toMatchObject([{ isProcessed: true }, { isProcessed: true }]);
	});

	it("obey one of many operators who replay and discard at once", async () => {
		for (let round = 0; round < 5; round++) {
			const message = await died(await tower.rang());
			const asked = [replay(message), discard(message), replay(message), discard(message)];
			const outcomes = await Promise.allSettled(asked);
			await tower.handled(message);

			expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
			const isReplayed = [outcomes[0], outcomes[2]].some((outcome) => outcome?.status === "fulfilled");
			expect(await tower.notes(message)).toEqual(isReplayed ? ["4"] : []);
		}
	});

	it("are not brought back to life by a try that began before they died", async () => {
		const message = await died(await tower.rang());
		await markFailed(tower.database.db, { consumer, message, attempts: 0 }, new Error("too late"));

		expect(await list()).toMatchObject([{ messageId: message.id, attempts: 5, error: "Error: no ink" }]);
	});

	it("leave a line in the log that says who did it", async () => {
		const lines: string[] = [];
		service.logger.warn = (line: unknown) => void lines.push(String(line));
		const [first, second] = [await died(await tower.rang()), await died(await tower.rang())];
		await replay(first, admin);
		await discard(second);

		await until(() => lines.length === 2);
		expect(lines).toEqual([
			`Dead letter ${first.id} of bells.note was sent again by user ${admin.principal?.userId}.`,
			`Dead letter ${second.id} of bells.note was discarded by an operator.`,
		]);
	});
});
