import { z } from "zod";
import { defineTemplate } from "./template.ts";

export const welcome = defineTemplate("welcome", z.object({}), () => ({
	subject: "Welcome",
	paragraphs: ["Welcome! Your account is open, and you can order at once."],
}));
