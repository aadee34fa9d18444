/**
 * Comparison server as commonly built with NestJS: passport and JWKS, TypeORM entities with relations, a CASL ability
 * for each request, rows filtered in memory, responses by class-transformer. It has no audit log, and answers the case
 * list and the case with its contributions.
 */
import 'reflect-metadata';
import type { MongoAbility } from '@casl/ability';
import { permittedFieldsOf } from '@casl/ability/extra';
import {
  ClassSerializerInterceptor,
  Controller,
  createParamDecorator,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { plainToInstance } from 'class-transformer';
import { passportJwtSecret } from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { DataSource, In } from 'typeorm';
import { Abilities, corePanels } from './abilities.ts';
import * as entities from './entities.ts';
import { Case, CaseItemResponse, CaseResponse, Contribution, ContributionResponse, Practitioner } from './entities.ts';

const ISSUER = 'https://sandbox.wardmote.example';

@Injectable()
class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly source: DataSource) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: passportJwtSecret({ jwksUri: process.env['JWKS_URI'] ?? '', cache: true }),
      algorithms: ['RS256'],
      issuer: ISSUER,
      audience: 'https://wardmote.example/api',
    });
  }

  async validate({ sub }: { sub: string }): Promise<Practitioner> {
    const found = await this.source.getRepository(Practitioner).findOne({
      where: { issuer: ISSUER, subject: sub, active: true },
      relations: { agency: true, memberships: true },
    });
    if (!found) throw new UnauthorizedException();
    return found;
  }
}

const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: Practitioner }>().user,
);

/** Fields of the row that the ability permits, as an instance of the response class. */
function present<T>(ability: MongoAbility, type: new () => T, row: Case | Contribution): T {
  const fields = permittedFieldsOf(ability, 'read', row, {
    fieldsFrom: (rule) => rule.fields ?? [],
  });
  const shown = Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field)));
  return plainToInstance(type, shown, { excludeExtraneousValues: true, exposeUnsetFields: false });
}

@Controller('v1/cases')
@UseGuards(AuthGuard('jwt'))
@UseInterceptors(ClassSerializerInterceptor)
class CasesController {
  constructor(
    private readonly source: DataSource,
    private readonly abilities: Abilities,
  ) {}

  @Get()
  async list(@CurrentUser() user: Practitioner): Promise<object> {
    const ability = await this.abilities.of(user);
    const found = await this.source.getRepository(Case).find({
      where: { panelId: In(corePanels(user)) },
      relations: { panel: true, leadAgency: true },
      // joined relations would sort all cases of the panels twice
      relationLoadStrategy: 'query',
      order: { updatedAt: 'DESC', id: 'DESC' },
      take: 25,
    });
    const readable = found.filter((row) => ability.can('read', row));
    return { data: readable.map((row) => present(ability, CaseItemResponse, row)), next: null };
  }

  @Get(':id/file')
  async file(@CurrentUser() user: Practitioner, @Param('id') id: string): Promise<object> {
    const ability = await this.abilities.of(user);
    const found = await this.source.getRepository(Case).findOne({
      where: { id },
      relations: { panel: true, leadAgency: true, contributions: { agency: true } },
      order: { contributions: { updatedAt: 'DESC', id: 'DESC' } },
    });
    if (!found || !ability.can('read', found)) throw new NotFoundException();
    const contributions = found.contributions
      .filter((row) => ability.can('read', row))
      .slice(0, 25)
      .map((row) => present(ability, ContributionResponse, row));
    return { case: present(ability, CaseResponse, found), contributions: { data: contributions, next: null } };
  }
}

@Module({
  imports: [
    PassportModule,
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL'] ?? '',
      entities: Object.values(entities).filter((one) => !one.name.endsWith('Response')),
      poolSize: 10,
    }),
  ],
  controllers: [CasesController],
  providers: [JwtStrategy, Abilities],
})
class ConventionalModule {}

const app = await NestFactory.create(ConventionalModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
process.once('SIGTERM', () => process.exit());
