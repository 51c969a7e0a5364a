import { describe, expect, it } from "@jest/globals";
import { ViewCounter } from "./view-counter.ts";

let now = new Date("2026-01-31T23:59:59.999Z");
const counting = () => {
	now = new Date("2026-01-31T23:59:59.999Z");
	return new ViewCounter(() => now);
};

describe("views of products", () => {
	it("are counted by product and by day in UTC, and taken once", () => {
		const views = counting();
		for (const id of ["lamp", "lamp", "vase"]) views.count(id);
		now = new Date("2026-02-01T00:00:00.000Z");
		views.count("lamp");

		expect(views.take()).toEqual([
			{ productId: "lamp", date: "2026-01-31", views: 2 },
			{ productId: "vase", date: "2026-01-31", views: 1 },
			{ productId: "lamp", date: "2026-02-01", views: 1 },
		]);
		expect(views.take()).toEqual([]);
	});

	it("that could not be written are counted with the next ones", () => {
		const views = counting();
		views.count("lamp");
		const taken = views.take();
		views.count("lamp");
		views.putBack(taken);

		expect(views.take()).toEqual([{ productId: "lamp", date: "2026-01-31", views: 2 }]);
	});
});
