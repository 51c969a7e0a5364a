import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { until } from "../../test/support/wait.ts";
import { Kept, pauseMs } from "./kept.ts";

class Door {
	readonly #closing = Promise.withResolvers<undefined>();
	isClosed = false;

	readonly closed = this.#closing.promise.then(() => undefined);

	close(): void {
		this.isClosed = true;
		this.#closing.resolve(undefined);
	}
}

describe("something that is kept open", () => {
	let doors: Door[];
	let reports: unknown[];
	let opening: () => Promise<void>;
	let kept: Kept<Door>;

	beforeEach(() => {
		[doors, reports, opening] = [[], [], () => Promise.resolve()];
		kept = new Kept<Door>({
			open: async () => {
				await opening();
				const door = new Door();
				doors.push(door);
				return { value: door, closed: door.closed };
			},
			close: async (door) => door.close(),
			report: (error) => reports.push(error),
			random: () => 0,
		});
	});
	afterEach(() => kept.stop());

	it("is open soon after it is started, and ready for whoever waited", async () => {
		const ready = kept.ready();
		kept.start();

		expect(await ready).toBe(doors[0]);
		expect(kept.current).toBe(doors[0]);
	});

	it("is opened again when it closes", async () => {
		kept.start();
		const first = await kept.ready();
		first.close();
		await until(() => kept.current === undefined);

		expect(await kept.ready()).toBe(doors[1]);
		expect(kept.current).toBe(doors[1]);
	});

	it("is tried again until it opens, and each failure is told", async () => {
		let left = 3;
		opening = async () => {
			if (left-- > 0) throw new Error("locked");
		};
		kept.start();
		await kept.ready();

		expect(reports).toHaveLength(3);
		expect(kept.current).toBe(doors[0]);
	});

	it("is closed for good when it is stopped", async () => {
		kept.start();
		await kept.ready();
		await kept.stop();

		expect(doors.map(({ isClosed }) => isClosed)).toEqual([true]);
	});

	it("keeps nobody from stopping it while it opens, and is closed at once when it has", async () => {
		const slow = Promise.withResolvers<undefined>();
		opening = () => slow.promise.then(() => undefined);
		const ready = kept.ready();
		kept.start();
		await kept.stop();
		slow.resolve(undefined);

		await until(() => doors[0]?.isClosed);
		await expect(ready).rejects.toThrow("closed for good");
	});
});

describe("the pause before it is opened again", () => {
	it("doubles with each failure in a row, up to five seconds", () => {
		expect([0, 1, 2, 3, 4, 5, 6, 99].map((failures) => pauseMs(failures, () => 1))).toEqual([
			200, 200, 400, 800, 1_600, 3_200, 5_000, 5_000,
		]);
	});

	it("is up to half as long, so that nodes do not come all at once", () => {
		expect(pauseMs(99, () => 0)).toBe(2_500);
	});
});
