import { describe, expect, it } from "@jest/globals";
import { locationOf } from "./location.ts";

describe("the location of what was created", () => {
	it.each([
		["/orders/:id", { id: "1" }, "/orders/1"],
		["/users/:id", { user: { id: "2" }, access_token: "t" }, "/users/2"],
		["/orders/:id", { id: "a/b" }, "/orders/a%2Fb"],
		["/orders/:orderId/returns/:id", { orderId: "1", id: "2" }, "/orders/1/returns/2"],
		["/registrations/:registrationId", { registrationId: "3" }, "/registrations/3"],
		["/orders/:orderId/returns/:id", { id: "2" }, undefined],
		["/orders/:id", {}, undefined],
		["/orders/:id", { user: null }, undefined],
		["/orders/:id", null, undefined],
		[undefined, { id: "1" }, undefined],
	])("%s of %j is %s", (template, result, location) => {
		expect(locationOf(template, result)).toBe(location);
	});
});
