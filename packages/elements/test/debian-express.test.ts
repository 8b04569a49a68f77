import { viewsOf } from "@dibkit/model";
import { elementOf } from "@dibkit/model";
import { expectElement, faked, runScript } from "@dibkit/model/testing";
import { expect, test } from "vitest";
import { debianExpress } from "../src/debian-express.js";
