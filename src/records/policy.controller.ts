import { Body, Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, Authenticated } from '../authorization/permission.guard.js';
import { routeConfig } from '../http/route-config.js';
import { ExplanationRequest } from './explanation.dto.js';
import { ExplanationsService } from './explanations.service.js';
import { explanationSchema, matrixSchema } from './policy.schemas.js';
import type { AuthorizedResponse } from './authorized-response.js';

@Controller('v1/policy')
export class PolicyController {
  constructor(private readonly explanations: ExplanationsService) {}

  /** Get the policy as a page: who may do what, and as what each field counts (JSON, or text with Accept: text/plain) */
  @Get('matrix')
  @Authenticated('the rules are no secret, and hold no record')
  @ApiProduces('application/json', 'text/plain')
  @ApiOkResponse({ schema: matrixSchema })
  @ApiExtension('x-answers', 'document')
  matrix(@Headers('accept') accept?: string): AuthorizedResponse {
    return this.explanations.matrix(accept?.startsWith('text/plain') ?? false);
  }

  /** Explain why you, or somebody else, may or may not: the steps of the decision about one record that you may read or explain */
  @Post('explanations')
  @HttpCode(200)
  @Authenticated('it answers only about records that the asker may read or explain')
  @routeConfig({ isReading: true })
  @ApiOkResponse({ schema: explanationSchema })
  @ApiExtension('x-answers', 'document')
  explain(@CurrentActor() actor: Actor, @Body() body: ExplanationRequest): Promise<AuthorizedResponse> {
    return this.explanations.explain(actor, body);
  }
}
